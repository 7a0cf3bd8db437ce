import type { AnyDeciderEvent, Decider } from "./decider.ts";
import { DecisionExample } from "./decision-example.ts";
import type { AnyGivenEvent, GivenEvent } from "./given-event.ts";

/** Examples of what a decider should do; see {@link specification}. */
export class DeciderSpecification<TState, TCommand, TEvent extends AnyDeciderEvent, TDecision> {
  readonly #decider: Decider<TState, TCommand, TEvent, TDecision>;

  constructor(decider: Decider<TState, TCommand, TEvent, TDecision>) {
    this.#decider = decider;
  }

  /** What has happened before. The decider is given complete stored events, made from these literals. */
  given(events: readonly GivenEvent<TEvent>[]): GivenDecider<TState, TCommand, TEvent, TDecision> {
    return new GivenDecider(this.#decider, events as readonly AnyGivenEvent[]);
  }
}

/** A decider, and what has happened before. */
export class GivenDecider<TState, TCommand, TEvent extends AnyDeciderEvent, TDecision> {
  readonly #decider: Decider<TState, TCommand, TEvent, TDecision>;
  readonly #given: readonly AnyGivenEvent[];

  constructor(decider: Decider<TState, TCommand, TEvent, TDecision>, given: readonly AnyGivenEvent[]) {
    this.#decider = decider;
    this.#given = given;
  }

  /** The command to decide. Nothing happens before a `then…` asks for the outcome. */
  when(command: TCommand): DecisionExample<TState, TCommand, TEvent, TDecision> {
    return new DecisionExample(this.#decider, { given: this.#given, command });
  }
}
