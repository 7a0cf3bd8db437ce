import type { PartitionLease } from "@eventfold/processing";
import type { Statement, TextRow } from "../../connection/statement.ts";
import type { ProcessingNames, ProcessingRoutine } from "../processing-names.ts";

/** A call of the port: the function that carries it out, and how to read its rows. */
export interface ProcessingCall<TAnswer> {
  readonly routine: ProcessingRoutine;
  /** What it does besides reading. `wakes`: it may free something or makes a request, so listeners are notified. */
  readonly effect: "none" | "writes" | "wakes";
  /** The arguments, without those that {@link statementOf} adds. Arrays are the driver's to write. */
  readonly values: readonly unknown[];
  answer(rows: readonly TextRow[]): TAnswer;
}

/** How long a call that writes may wait, and whether it notifies. */
export interface CallOptions {
  /** The longest wait for each lock. */
  readonly lockTimeoutMs: number;
  /** Whether listeners are notified. */
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
