import type { SourceIdentifier } from "@eventfold/types";

/**
 * What events fold to: plain readonly data, which queries see as a `QueryDocument`.
 *
 * A projection from a projector has the state as the projector made it; a stored one has what JSON gives back.
 *
 * @example
 * ```ts
 * const projection: Projection<{ balance: number }> = {
 *   id: "acc-1", name: "account", source: { kind: "stream", category: "accounts", stream: "acc-1" },
 *   state: { balance: 5 }, metadata: null, lastSequenceNumber: 12, lastPosition: 2, projectorVersion: 1,
 * };
 * ```
 */
export interface Projection<TState = unknown, TMetadata = unknown> {
  /** Unique among the projections of one name and version. */
  readonly id: string;
  /** The name of the projector that made it. */
  readonly name: string;
  /** Where its events came from. */
  readonly source: SourceIdentifier;
  /** What the events fold to. */
  readonly state: TState;
  /** What is known about the state; `null` when the projector keeps none. */
  readonly metadata: TMetadata;
  /** The sequence number of the last event that was folded in; 0 when there was none. */
  readonly lastSequenceNumber: number;
  /** Of a projection of a stream: the position of that event. Absent when there was none, and for other sources. */
  readonly lastPosition?: number | undefined;
  /**
   * Present, and `true`, if the last event that it handled removed it. State and metadata are then the initial ones. When it is
   * saved, it replaces what was stored: readers find nothing under its id, unless they ask for removed ones.
   */
  readonly isRemoved?: boolean | undefined;
  /** Present when it was folded in order of occurrence: it is neither continued nor stored. */
  readonly order?: "occurred" | undefined;
  /** The version of the projector that made it. */
  readonly projectorVersion: number;
}
