import type { Projection } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/types";
import { ABSENT } from "./difference.ts";
import type { EventFold } from "./event-fold.ts";
import type { ExpectedError } from "./expected-error.ts";
import { type ExpectedProjection, namedMembersOf } from "./expected-projection.ts";
import { FoldCheck } from "./fold-check.ts";
import { type AnyGivenEvent, type GivenEvent, storedFrom } from "./given-event.ts";

/** Folds events one by one into a projection. */
export type ProjectionFold<TState, TMetadata> = (
  events: readonly StoredEvent[],
) => EventFold<Projection<TState, TMetadata>>;

/** Examples of what a projector should make of events; see {@link specification}. */
export class ProjectorSpecification<TState, TEvents extends object, TMetadata> {
  readonly #fold: ProjectionFold<TState, TMetadata>;

  constructor(fold: ProjectionFold<TState, TMetadata>) {
    this.#fold = fold;
  }

  /** What has happened. The projector is given complete stored events, made from these literals. */
  given(events: readonly GivenEvent<StoredEvent<TEvents>>[]): ProjectorExample<TState, TMetadata> {
    const given = storedFrom(events as unknown as readonly AnyGivenEvent[]);
    return new ProjectorExample(new FoldCheck(given, this.#fold(given)));
  }
}

/**
 * An example of a projection. Each `then…` checks it, synchronously. If the projection differs, they throw an
 * `AssertionError`; its message names the place, and the event that last changed it, by index and name.
 */
export class ProjectorExample<TState, TMetadata> {
  readonly #check: FoldCheck<Projection<TState, TMetadata>>;

  constructor(check: FoldCheck<Projection<TState, TMetadata>>) {
    this.#check = check;
  }

  /**
   * The state is this. Arrays and plain objects are compared member by member.
   *
   * @throws `AssertionError` when it is not, or an event has removed the projection.
   */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; awaited by mistake it says so.
  then(state: TState): void {
    refuseAwait(state);
    this.#check.expect({ name: "state", expected: state, of: stateOf });
  }

  /** An event has removed the projection, and no later one has begun it anew. @throws `AssertionError` when it is there. */
  thenNothing(): void {
    this.#check.expect({ name: "state", expected: ABSENT, of: stateOf });
  }

  /**
   * The projection has these members: its id, its metadata, how far it has read. Members that are not named are not compared.
   *
   * @throws `AssertionError` when a member differs.
   */
  thenProjection(expected: ExpectedProjection<TState, TMetadata>): void {
    this.#check.expect({ name: "projection", expected, of: (projection) => namedMembersOf(projection, expected) });
  }

  /**
   * An event cannot be folded, and this is the error: of this class, with this `code`, or one for which a predicate holds.
   * Without an argument, any error.
   *
   * @throws `AssertionError` when all events are folded, or the error is a different one.
   */
  thenRejects(expected?: ExpectedError): void {
    this.#check.expectRejection(expected);
  }
}

function stateOf({ isRemoved, state }: Projection): unknown {
  return isRemoved ? ABSENT : state;
}

/** Refuses `await`, which calls `then` with functions, of an example that is incomplete. */
export function refuseAwait(expected: unknown): void {
  if (typeof expected === "function")
    throw new TypeError("The example is incomplete: say what is expected with .then(…).");
}
