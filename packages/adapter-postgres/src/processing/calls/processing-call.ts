import type { PartitionLease } from "@eventfold/processing";
import type { RoutineCall } from "../../routines/routine-call.ts";
import type { ProcessingRoutine } from "../processing-names.ts";

/** A call of the port of processing storage. */
export type ProcessingCall<TAnswer> = RoutineCall<ProcessingRoutine, TAnswer>;

/** Leases as three arrays. */
export function leaseColumns(leases: readonly PartitionLease[]): readonly (readonly number[])[] {
  return [
    leases.map(({ subscription }) => subscription),
    leases.map(({ partition }) => partition),
    leases.map(({ token }) => token),
  ];
}
