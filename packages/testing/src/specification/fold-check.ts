import type { StoredEvent } from "@eventfold/types";
import { differencesBetween } from "./difference.ts";
import { valueText } from "./difference-text.ts";
import type { EventFold } from "./event-fold.ts";
import { type ExpectedError, errorText, expectedErrorText, isExpectedError } from "./expected-error.ts";
import { eventText, givenText } from "./given-event.ts";
import { lastChanges } from "./last-change.ts";
import { type SpecificationFailure, specificationError } from "./specification-failure.ts";

/** What is expected from a fold, and which part of it is compared. */
export interface FoldExpectation<TFolded> {
  readonly expected: unknown;
  readonly of: (folded: TFolded) => unknown;
  /** The name of the part, such as `state`. */
  readonly name: string;
}

/** Folds given events and compares the result. */
export class FoldCheck<TFolded> {
  readonly #given: readonly StoredEvent[];
  readonly #fold: EventFold<TFolded>;

  constructor(given: readonly StoredEvent[], fold: EventFold<TFolded>) {
    this.#given = given;
    this.#fold = fold;
  }

  expect({ expected, of, name }: FoldExpectation<TFolded>): void {
    if (this.#fold.failure !== undefined) throw this.#refusal(this.#fold.failure, expected);
    const states = this.#fold.states.map(of);
    const actual = states.at(-1);
    const found = differencesBetween(expected, actual);
    if (found.length === 0) return;
    const differences = lastChanges(found, { name, states, events: this.#given });
    throw this.#failure({ complaint: `the ${name} differs:`, differences, expected, actual });
  }

  expectRejection(expected: ExpectedError | undefined): void {
    const wanted = expected === undefined ? "an error" : expectedErrorText(expected);
    const { states, failure } = this.#fold;
    if (failure === undefined) {
      const actual = states.at(-1);
      const complaint = `expected ${wanted}, but every event was folded, into ${valueText(actual)}`;
      throw this.#failure({ complaint, expected: wanted, actual });
    }
    if (expected !== undefined && !isExpectedError(failure.error, expected)) throw this.#refusal(failure, wanted);
  }

  #refusal({ index, error }: { readonly index: number; readonly error: unknown }, expected: unknown): Error {
    const event = eventText(index, this.#given[index] as StoredEvent);
    const wanted = typeof expected === "string" ? `, expected ${expected}` : "";
    const complaint = `${event} could not be folded: ${errorText(error)}${wanted}`;
    return this.#failure({ complaint, expected, actual: error, cause: error });
  }

  #failure(failure: Omit<SpecificationFailure, "circumstances">): Error {
    return specificationError({ ...failure, circumstances: `${givenText(this.#given)}:` });
  }
}
