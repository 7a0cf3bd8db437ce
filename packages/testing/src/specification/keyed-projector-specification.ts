import type { Projection } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/types";
import type { EventFold } from "./event-fold.ts";
import type { ExpectedError } from "./expected-error.ts";
import { FoldCheck } from "./fold-check.ts";
import { type AnyGivenEvent, type GivenEvent, storedFrom } from "./given-event.ts";
import { refuseAwait } from "./projector-specification.ts";

/** The projections of a projector with a `key`, in the order in which their keys first appeared. */
export type ProjectionsByKey<TState, TMetadata> = ReadonlyMap<string, Projection<TState, TMetadata>>;

/** Folds events one by one into the projections of their keys. */
export type KeyedProjectionFold<TState, TMetadata> = (
  events: readonly StoredEvent[],
) => EventFold<ProjectionsByKey<TState, TMetadata>>;

/** Examples of what a projector with a `key` should make of events; see {@link specification}. */
export class KeyedProjectorSpecification<TState, TEvents extends object, TMetadata> {
  readonly #fold: KeyedProjectionFold<TState, TMetadata>;

  constructor(fold: KeyedProjectionFold<TState, TMetadata>) {
    this.#fold = fold;
  }

  /** What has happened. The projector is given complete stored events, made from these literals. */
  given(events: readonly GivenEvent<StoredEvent<TEvents>>[]): KeyedProjectorExample<TState, TMetadata> {
    const given = storedFrom(events as unknown as readonly AnyGivenEvent[]);
    return new KeyedProjectorExample(new FoldCheck(given, this.#fold(given)));
  }
}

/** An example of many projections. Each `then…` checks them, synchronously. */
export class KeyedProjectorExample<TState, TMetadata> {
  readonly #check: FoldCheck<ProjectionsByKey<TState, TMetadata>>;

  constructor(check: FoldCheck<ProjectionsByKey<TState, TMetadata>>) {
    this.#check = check;
  }

  /** These are the keys and their states, and there are no others but removed ones. @throws `AssertionError` when they are not. */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; awaited by mistake it says so.
  then(states: Readonly<Record<string, TState>>): void {
    refuseAwait(states);
    this.#check.expect({ name: "states", expected: states, of: statesOf });
  }

  /** An event cannot be folded, and this is the error. @throws `AssertionError` when all are folded, or the error is a different one. */
  thenRejects(expected?: ExpectedError): void {
    this.#check.expectRejection(expected);
  }
}

function statesOf(projections: ProjectionsByKey<unknown, unknown>): Readonly<Record<string, unknown>> {
  const shown = [...projections].filter(([, { isRemoved }]) => !isRemoved);
  return Object.fromEntries(shown.map(([key, { state }]) => [key, state]));
}
