import { isEventfoldError } from "@eventfold/types";
import { type Attempt, type Settled, settle } from "./attempt.ts";
import { type AnyDeciderEvent, type DecidedEvent, type Decider, decidedEvents, initialStateOf } from "./decider.ts";
import { differencesBetween } from "./difference.ts";
import { valueText } from "./difference-text.ts";
import { foldedEvents } from "./event-fold.ts";
import { type ExpectedError, errorText, expectedErrorText, isExpectedError } from "./expected-error.ts";
import {
  type AnyExpectedEvent,
  type ExpectedEvent,
  eventDifferences,
  namedMembers,
  storableForm,
} from "./expected-event.ts";
import { type AnyGivenEvent, eventText, givenText, storedFrom } from "./given-event.ts";
import { lastChanges } from "./last-change.ts";
import { refuseAwait } from "./projector-specification.ts";
import { type SpecificationFailure, specificationError } from "./specification-failure.ts";

/** What was given and which command is decided: `then…` says what is expected. */
export interface DecisionSituation<TCommand> {
  readonly given: readonly AnyGivenEvent[];
  readonly command: TCommand;
}

/**
 * An example of a decision. Each `then…` checks it: at once if `decide` is synchronous, otherwise with a promise.
 *
 * If the outcome differs, they throw an `AssertionError`, or reject with one. Its message names the event by index and name,
 * and the place in it; `expected` and `actual` are for the runner.
 */
export class DecisionExample<TState, TCommand, TEvent extends AnyDeciderEvent, TDecision> {
  readonly #decider: Decider<TState, TCommand, TEvent, TDecision>;
  readonly #situation: DecisionSituation<TCommand>;

  constructor(decider: Decider<TState, TCommand, TEvent, TDecision>, situation: DecisionSituation<TCommand>) {
    this.#decider = decider;
    this.#situation = situation;
  }

  /**
   * Exactly these events are decided, in this order. Names, payloads and the other members that an expected event names
   * are compared, payloads and metadata as they would be stored, so a `Date` equals its text.
   *
   * @throws `AssertionError` when other events are decided, when an event could not be published, or when the command is refused.
   */
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; awaited by mistake it says so.
  then(events: readonly ExpectedEvent<DecidedEvent<TDecision>>[]): Settled<TDecision> {
    refuseAwait(events);
    const expected = (events as readonly AnyExpectedEvent[]).map(storableForm);
    return this.#settle((attempt) => {
      const decided = this.#decidedBy(attempt, expected);
      const differences = eventDifferences(expected, decided);
      if (differences.length === 0) return;
      const actual = decided.map((event, index) => namedMembers(event, expected[index]));
      throw this.#failure({ complaint: "other events were decided:", differences, expected, actual });
    });
  }

  /** Nothing is decided. @throws `AssertionError` when an event is, or when the command is refused. */
  thenNothing(): Settled<TDecision> {
    return this.then([]);
  }

  /**
   * Once the decided events have happened, the state is this. Arrays and plain objects are compared member by member, and
   * `undefined` members count as absent.
   *
   * @throws `AssertionError` when the state differs, naming the event that last changed the place of the difference; or when
   * the command is refused.
   */
  thenState(state: TState): Settled<TDecision> {
    return this.#settle((attempt) => {
      const decided = this.#decidedBy(attempt, state);
      const before = storedFrom(this.#situation.given);
      const events = [...before, ...storedFrom(decided as AnyGivenEvent[], before)];
      const states = this.#statesAfter(events);
      const actual = states.at(-1);
      const found = differencesBetween(state, actual);
      if (found.length === 0) return;
      const differences = lastChanges(found, { name: "state", states, events });
      throw this.#failure({ complaint: "the state differs:", differences, expected: state, actual });
    });
  }

  /**
   * The command is refused with this error: of this class, with this `code`, or one for which a predicate holds. Without an
   * argument, with any error.
   *
   * @throws `AssertionError` when it is not refused, or is refused with a different error.
   */
  thenRejects(expected?: ExpectedError): Settled<TDecision> {
    const wanted = expected === undefined ? "an error" : expectedErrorText(expected);
    return this.#settle((attempt) => {
      if (attempt.kind === "error") {
        const { error } = attempt;
        if (expected === undefined || isExpectedError(error, expected)) return;
        const complaint = `expected ${wanted}, got ${errorText(error)}`;
        throw this.#failure({ complaint, expected: wanted, actual: error, cause: error });
      }
      const actual = decidedEvents(attempt.value);
      const complaint = `expected ${wanted}, but the command was not refused; decided: ${valueText(actual)}`;
      throw this.#failure({ complaint, expected: wanted, actual });
    });
  }

  #settle(check: (attempt: Attempt<Awaited<TDecision>>) => void): Settled<TDecision> {
    const { given, command } = this.#situation;
    const state = this.#statesAfter(storedFrom(given)).at(-1) as TState;
    return settle(() => this.#decider.decide(command, state), check);
  }

  /** The state before any event, and after each. */
  #statesAfter(events: readonly AnyGivenEvent[]): readonly TState[] {
    const { initialState, evolve } = this.#decider;
    const { states, failure } = foldedEvents(initialStateOf<TState>(initialState), events, (state, event) =>
      evolve(state, event as unknown as TEvent),
    );
    if (failure === undefined) return states;
    const { index, error } = failure;
    const complaint = `${eventText(index, events[index] as AnyGivenEvent)} could not be evolved: ${errorText(error)}`;
    throw this.#failure({ complaint, expected: "a state", actual: error, cause: error });
  }

  #decidedBy(attempt: Attempt<Awaited<TDecision>>, expected: unknown): readonly AnyExpectedEvent[] {
    if (attempt.kind === "error") {
      const { error } = attempt;
      const complaint = `the command was refused: ${errorText(error)}`;
      throw this.#failure({ complaint, expected, actual: error, cause: error });
    }
    return decidedEvents(attempt.value).map((event, index) => this.#storable(event as AnyExpectedEvent, index));
  }

  #storable(event: AnyExpectedEvent, index: number): AnyExpectedEvent {
    try {
      return storableForm(event);
    } catch (error) {
      if (!isEventfoldError(error, "INVALID_EVENT")) throw error;
      const complaint = `${eventText(index, event)} could not be published: ${error.path}: ${error.reason}`;
      throw this.#failure({ complaint, expected: "an event that can be published", actual: event, cause: error });
    }
  }

  #failure(failure: Omit<SpecificationFailure, "circumstances">): Error {
    const { given, command } = this.#situation;
    return specificationError({ ...failure, circumstances: `${givenText(given)}; when ${valueText(command)}:` });
  }
}
