import type { Statement, TextRow } from "../connection/statement.ts";

/** A call of a port that one function of the database carries out, and how to read its rows. */
export interface RoutineCall<TRoutine extends string, TAnswer> {
  readonly routine: TRoutine;
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

/** The one statement of a call. The functions are named by `routines`, ready for use in a statement. */
export function statementOf<TRoutine extends string>(
  { routine, effect, values }: RoutineCall<TRoutine, unknown>,
  { routines }: { readonly routines: Readonly<Record<TRoutine, string>> },
  { lockTimeoutMs, notify }: CallOptions,
): Statement {
  const all = [...values, ...(effect === "wakes" ? [notify] : []), ...(effect === "none" ? [] : [lockTimeoutMs])];
  const places = all.map((_, index) => `$${index + 1}`);
  return { text: `select * from ${routines[routine]}(${places.join(",")})`, values: all };
}
