import type { SaveRequest, StreamWrite } from "@eventfold/store/adapter";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import type { Verdict } from "./verdict.ts";

/** A publish, as one of those of a statement. */
export interface AppendRequest extends SaveRequest {
  /** Whether it is judged, and not stored even if nothing is in its way. Default: `false`. */
  readonly isOnlyJudged?: boolean | undefined;
}

/** How long an append may wait, and whether it notifies. */
export interface AppendOptions {
  /** How long the server may wait for the log's lock. */
  readonly lockTimeoutMs: number;
  /** Whether the statement itself notifies followers. */
  readonly notify: boolean;
}

/** A way to append: one of the functions in `sql/events`, called by one statement. */
export interface AppendPath<TVerdict = Verdict> {
  /** Whether the function can append these. */
  serves(publishes: readonly AppendRequest[]): boolean;
  /** The call, for publishes that it serves. */
  statement(names: LogNames, publishes: readonly AppendRequest[], options: AppendOptions): Statement;
  /** The verdict on each publish, from the rows that came back. */
  verdicts(publishes: readonly AppendRequest[], rows: readonly TextRow[]): readonly TVerdict[];
}

/** A way that expects everything to be stored. If that is not possible, it stores nothing and does not say why. */
export interface HopefulAppendPath extends Omit<AppendPath, "verdicts"> {
  /** The verdict on each publish, from the rows that came back; `undefined` when nothing was stored. */
  verdicts(publishes: readonly AppendRequest[], rows: readonly TextRow[]): readonly Verdict[] | undefined;
}

/** Whether a publish needs one of the functions in `sql/events/0009-append-tagged`: it has tags, or a condition on the events of the log. */
export function isTagged({ writes, failIf }: SaveRequest): boolean {
  return failIf !== undefined || writes.some(({ events }) => events.some(({ tags }) => tags.length > 0));
}

/** The only write of the only publish; `undefined` where there are more. */
export function loneWriteOf(publishes: readonly AppendRequest[]): StreamWrite | undefined {
  const writes = publishes.length === 1 ? publishes[0]?.writes : undefined;
  return writes?.length === 1 ? writes[0] : undefined;
}

/** Means "no condition" among expected positions. */
export const ANY_POSITION = -2;

/** The latest position that a condition asks for, −1 for an empty stream; `undefined` if it allows more than one. */
export function expectedPositionOf(allowed: StreamWrite["allowed"]): number | undefined {
  if (allowed === undefined) return ANY_POSITION;
  return allowed.complement || allowed.positions.length !== 1 ? undefined : allowed.positions[0];
}
