import type { PartitionLease } from "@eventfold/processing";
import type { Statement, TextRow } from "../../connection/statement.ts";
import type { ProcessingNames, ProcessingRoutine } from "../processing-names.ts";

/** A call of the port: the function that it is, and what the rows of that say. */
export interface ProcessingCall<TAnswer> {
  readonly routine: ProcessingRoutine;
  /** What it does besides reading: `wakes` is for what may free something or asks for something, of which listeners are told. */
  readonly effect: "none" | "writes" | "wakes";
  /** The arguments, without those that {@link statementOf} adds. Arrays are the driver's to write. */
  readonly values: readonly unknown[];
  answer(rows: readonly TextRow[]): TAnswer;
}

/** How a call that writes is to wait and to tell. */
export interface CallOptions {
  /** The longest wait for each lock. */
  readonly lockTimeoutMs: number;
  /** Whether listeners are told. */
  readonly notify: boolean;
}

/** The one statement of a call. */
export function statementOf(
  { routine, effect, values }: ProcessingCall<unknown>,
  { routines }: ProcessingNames,
  { lockTimeoutMs, notify }: CallOptions,
): Statement {
  const all = [...values, ...(effect === "wakes" ? [notify] : []), ...(effect === "none" ? [] : [lockTimeoutMs])];
  const places = all.map((_, index) => `$${index + 1}`);
  return { text: `select * from ${routines[routine]}(${places.join(",")})`, values: all };
}

/** Leases as three arrays. */
export function leaseColumns(leases: readonly PartitionLease[]): readonly (readonly number[])[] {
  return [
    leases.map(({ subscription }) => subscription),
    leases.map(({ partition }) => partition),
    leases.map(({ token }) => token),
  ];
}
