import type { Projection } from "@eventfold/projections";
import { type EventSource, eventList } from "@eventfold/store";
import type { AnyEvents, SourceIdentifier, StoredEvent } from "@eventfold/types";
import { type Attempt, type Settled, settle } from "./attempt.ts";
import { ABSENT, differencesBetween } from "./difference.ts";
import { valueText } from "./difference-text.ts";
import { type ExpectedError, errorText, expectedErrorText, isExpectedError } from "./expected-error.ts";
import { type ExpectedProjection, namedMembersOf } from "./expected-projection.ts";
import { type AnyGivenEvent, type GivenEvent, givenText, storedFrom } from "./given-event.ts";
import { refuseAwait } from "./projector-specification.ts";
import { type SpecificationFailure, specificationError } from "./specification-failure.ts";

/** What is expected from `when`: one projection, or each of many. */
export type ExpectedReadModel<TResult> =
  Exclude<Awaited<TResult>, undefined> extends infer TMade
    ? TMade extends readonly Projection<infer TState, infer TMetadata>[]
      ? readonly ExpectedProjection<TState, TMetadata>[]
      : TMade extends Projection<infer TState, infer TMetadata>
        ? ExpectedProjection<TState, TMetadata>
        : TMade
    : never;

/**
 * Begins an example of a read model, that is, of what is stored and found when events have been projected. The one type
 * argument is the table of events.
 *
 * @example
 * ```ts
 * await given<AccountEvents>([
 *   { name: "account-opened", payload: { owner: "Ada" }, category: "accounts", stream: "acc-1" },
 *   { name: "money-deposited", payload: { amount: 5 }, category: "accounts", stream: "acc-1" },
 * ])
 *   .when(async (source) => {
 *     await projectionStore.save(await accountProjector.project(source));
 *     return projectionStore.of(accountProjector).load({ id: "acc-1" });
 *   })
 *   .then({ state: { owner: "Ada", balance: 5 }, lastSequenceNumber: 2 });
 * ```
 */
export function given<TEvents extends object = AnyEvents>(
  events: readonly GivenEvent<StoredEvent<TEvents>>[],
): GivenEvents<TEvents> {
  return new GivenEvents(storedFrom(events as unknown as readonly AnyGivenEvent[]));
}

/** Events that have happened; see {@link given}. */
export class GivenEvents<TEvents extends object> {
  readonly #events: readonly StoredEvent[];

  constructor(events: readonly StoredEvent[]) {
    this.#events = events;
  }

  /**
   * What is done with the events: `projected(…)`, or your own function, synchronous or not, which returns the outcome. Its
   * source is the stream, category or log that contains all the events. It is called when a `then…` asks for the outcome.
   */
  when<TResult>(project: (source: EventSource<TEvents>) => TResult): ReadModelExample<TResult> {
    const events = this.#events;
    const source = eventList(events as unknown as readonly StoredEvent<TEvents>[], narrowestSource(events));
    return new ReadModelExample({ events, project: () => project(source) });
  }
}

/** What was given, and what is done with it. */
export interface ReadModelSituation<TResult> {
  readonly events: readonly StoredEvent[];
  readonly project: () => TResult;
}

/**
 * An example of a read model. Each `then…` checks it: at once if `when` was given a synchronous function, otherwise with a
 * promise. If the outcome differs, they throw an `AssertionError`, or reject with one.
 */
export class ReadModelExample<TResult> {
  readonly #situation: ReadModelSituation<TResult>;

  constructor(situation: ReadModelSituation<TResult>) {
    this.#situation = situation;
  }

  /**
   * There is this projection, or these projections in this order. The members that are named are compared, each as a whole.
   *
   * @throws `AssertionError` when there is none, or it differs; the message names the place.
   */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; awaited by mistake it says so.
  then(expected: ExpectedReadModel<TResult>): Settled<TResult> {
    refuseAwait(expected);
    return this.#settle((made) => {
      const actual = comparable(made, expected);
      const differences = differencesBetween(expected, actual).map((each) => ({ ...each, within: "read model" }));
      if (differences.length === 0) return;
      const complaint = made === undefined ? "there is no projection:" : "the projection differs:";
      throw this.#failure({ complaint, differences, expected, actual: made === undefined ? undefined : actual });
    });
  }

  /** There is no projection. @throws `AssertionError` when there is one. */
  thenNothing(): Settled<TResult> {
    return this.#settle((made) => {
      if (made === undefined || (Array.isArray(made) && made.length === 0)) return;
      const complaint = `expected no projection, got ${valueText(made)}`;
      throw this.#failure({ complaint, expected: undefined, actual: made });
    });
  }

  /**
   * It fails, and this is the error: of this class, with this `code`, or one for which a predicate holds. Without an argument,
   * any error.
   *
   * @throws `AssertionError` when it does not fail, or fails with a different error.
   */
  thenRejects(expected?: ExpectedError): Settled<TResult> {
    const wanted = expected === undefined ? "an error" : expectedErrorText(expected);
    return settle(this.#situation.project, (attempt) => {
      if (attempt.kind === "value") {
        const complaint = `expected ${wanted}, got ${valueText(attempt.value)}`;
        throw this.#failure({ complaint, expected: wanted, actual: attempt.value });
      }
      if (expected === undefined || isExpectedError(attempt.error, expected)) return;
      throw this.#error(attempt.error, wanted);
    });
  }

  #settle(check: (made: Awaited<TResult>) => void): Settled<TResult> {
    return settle(this.#situation.project, (attempt: Attempt<Awaited<TResult>>) => {
      if (attempt.kind === "error") throw this.#error(attempt.error, "a projection");
      check(attempt.value);
    });
  }

  #error(error: unknown, expected: string): Error {
    const complaint = `expected ${expected}, got ${errorText(error)}`;
    return this.#failure({ complaint, expected, actual: error, cause: error });
  }

  #failure(failure: Omit<SpecificationFailure, "circumstances">): Error {
    return specificationError({ ...failure, circumstances: `${givenText(this.#situation.events)}:` });
  }
}

/** What was made, without the members that the test does not name. */
function comparable(made: unknown, expected: unknown): unknown {
  if (made === undefined) return ABSENT;
  if (Array.isArray(made) && Array.isArray(expected)) {
    return made.map((each, index) => (index < expected.length ? comparable(each, expected[index]) : each));
  }
  const isComparable = typeof made === "object" && made !== null && typeof expected === "object" && expected !== null;
  return isComparable && !Array.isArray(made) ? namedMembersOf(made, expected) : made;
}

/** The narrowest source that contains all events. */
function narrowestSource(events: readonly StoredEvent[]): SourceIdentifier {
  const { category, stream } = events[0] ?? { category: "things", stream: "thing-1" };
  if (events.some((event) => event.category !== category)) return { kind: "log" };
  if (events.some((event) => event.stream !== stream)) return { kind: "category", category };
  return { kind: "stream", category, stream };
}
