import type { EventQuery, EventStore, EventStream, EventTranslation } from "@eventfold/store";
import type { AnyEvents, EventName } from "@eventfold/types";

/**
 * What to decide a command on instead of a stream: all events that match a query, whatever their streams. What is decided is
 * published to one stream, unless an event that matches was published meanwhile.
 *
 * @example
 * ```ts
 * const seats: DecisionBoundary<CourseEvents> = {
 *   store,
 *   query: taggedWith("course:c1"),
 *   stream: store.stream({ category: "enrolments", stream: "c1-s9" }),
 * };
 * ```
 */
export interface DecisionBoundary<TEvents extends object> {
  readonly store: Pick<EventStore, "boundary">;
  /** An item without names means the events that the decider knows. */
  readonly query: EventQuery<EventName<TEvents>>;
  /** Where the decided events go. It must be a stream of this store. */
  readonly stream: EventStream<TEvents>;
  /**
   * What its events are read by. Default: the definitions of the decider. Where those have protected fields, give them here with
   * keys: `accountEvents.withKeys(keyStore)`.
   */
  readonly events?: EventTranslation<TEvents> | undefined;
}

/** Whether a command is to be decided on a boundary. Its members may come from callers without a compiler. */
export function isDecisionBoundary<TEvents extends object>(
  target: EventStream<TEvents> | DecisionBoundary<TEvents>,
): target is DecisionBoundary<TEvents> {
  return typeof target === "object" && target !== null && "query" in target;
}

/** @throws `TypeError` for what is no boundary, and when snapshots are asked for. Its query is checked when it is read. */
export function checkDecisionBoundary({ store }: DecisionBoundary<AnyEvents>, snapshots: unknown): void {
  if (typeof store?.boundary !== "function") throw new TypeError("A boundary needs the store in which it is read.");
  if (snapshots !== undefined)
    throw new TypeError("A boundary has no snapshots: all of its events are read each time.");
}
