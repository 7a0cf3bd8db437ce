import type { Projection } from "@eventfold/projections";
import {
  type EventStore,
  positionAfter,
  positionBefore,
  type StoredEvent,
  type StreamIdentifier,
} from "@eventfold/store";
import type { AnySingleProjector } from "./any-projector.ts";
import { readableSource } from "./state-at.ts";
import { differencesOf, type StateDifference } from "./state-difference.ts";

/** What one event changed. */
export interface StateStep {
  readonly event: StoredEvent;
  /** With the event folded in. */
  readonly projection: Projection;
  /** What it changed in the state. */
  readonly differences: readonly StateDifference[];
}

/** Which steps are wanted. */
export interface StateStepsOptions {
  readonly store: EventStore;
  /** Of streams. */
  readonly projector: AnySingleProjector;
  readonly stream: StreamIdentifier;
  /** The position of the first event whose step is wanted. Default: 0. */
  readonly from?: number | undefined;
  /** The most steps. Default: all. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Folds a stream event by event, in the order of the log, and yields what each of them changed. What lies before the first step
 * is folded first.
 *
 * @throws `TypeError` when the projector does not fold streams; what `Projector.project` rejects with, such as errors of its
 * handlers.
 *
 * @example
 * ```ts
 * const stream = { kind: "stream", category: "accounts", stream: "acc-1" } as const;
 * for await (const { event, differences } of stateSteps({ store, projector: accountProjector, stream, from: 40, limit: 10 })) {
 *   console.log(event.name, differences);
 * }
 * ```
 */
export async function* stateSteps(options: StateStepsOptions): AsyncIterable<StateStep> {
  const { store, projector, stream, from = 0, limit, signal } = options;
  const source = readableSource(store, projector, stream);
  // Projectors of others: which events they fold, only their own types know.
  const before = { constraints: [positionBefore(from)], signal };
  let projection =
    from === 0
      ? projector.initial(stream as never, undefined as never)
      : await projector.project(source as never, before as never);
  const scan = { constraints: from === 0 ? [] : [positionAfter(from - 1)], limit, signal };
  for await (const event of source.scan(scan as never)) {
    const { state } = projection;
    projection = projector.apply(projection as never, [event] as never);
    yield { event, projection, differences: differencesOf(state, projection.state) };
  }
}
