import type { StreamWrite } from "@eventfold/store/adapter";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Verdict } from "./verdict.ts";

/** What one statement is to write: publishes, each a list of writes. */
export type WritesByPublish = readonly (readonly StreamWrite[])[];

/** How long an append may wait, and whether it notifies. */
export interface AppendOptions {
  /** How long the server may wait for the log's lock. */
  readonly lockTimeoutMs: number;
  /** Whether the statement itself notifies followers. */
  readonly notify: boolean;
}

/** A way to append: one of the functions in `sql/events/0002-append`, called by one statement. */
export interface AppendPath<TVerdict = Verdict> {
  /** Whether the function can append these. */
  serves(publishes: WritesByPublish): boolean;
  /** The call, for publishes that it serves. */
  statement(names: LogNames, publishes: WritesByPublish, options: AppendOptions): Statement;
  /** The verdict on each publish, from the rows that came back. */
  verdicts(publishes: WritesByPublish, rows: readonly TextRow[]): readonly TVerdict[];
}

/** A way that expects everything to be stored. If that is not possible, it stores nothing and does not say why. */
export interface HopefulAppendPath extends Omit<AppendPath, "verdicts"> {
  /** The verdict on each publish, from the rows that came back; `undefined` when nothing was stored. */
  verdicts(publishes: WritesByPublish, rows: readonly TextRow[]): readonly Verdict[] | undefined;
}

/** The only write of the only publish; `undefined` where there are more. */
export function loneWriteOf(publishes: WritesByPublish): StreamWrite | undefined {
  const writes = publishes.length === 1 ? publishes[0] : undefined;
  return writes?.length === 1 ? writes[0] : undefined;
}

/** Means "no condition" among expected positions. */
export const ANY_POSITION = -2;

/** The latest position that a condition asks for, −1 for an empty stream; `undefined` if it allows more than one. */
export function expectedPositionOf(allowed: StreamWrite["allowed"]): number | undefined {
  if (allowed === undefined) return ANY_POSITION;
  return allowed.complement || allowed.positions.length !== 1 ? undefined : allowed.positions[0];
}
