import type { AnyDeciderEvent } from "./decider.ts";
import type { AnyGivenEvent, GivenEvent } from "./given-event.ts";
import type { Process } from "./process.ts";
import { ReactionExample } from "./reaction-example.ts";

/** Examples of the commands that a process should send; see {@link specification}. */
export class ProcessSpecification<TEvent extends AnyDeciderEvent> {
  readonly #process: Process<TEvent>;

  constructor(process: Process<TEvent>) {
    this.#process = process;
  }

  /**
   * What has happened before in the log. The process is given complete stored events, made from these literals; those without its
   * tag are passed over, as they would not be found: give them `tags`.
   */
  given(events: readonly GivenEvent<TEvent>[]): GivenProcess<TEvent> {
    return new GivenProcess(this.#process, events as readonly AnyGivenEvent[]);
  }
}

/** A process, and what has happened before. */
export class GivenProcess<TEvent extends AnyDeciderEvent> {
  readonly #process: Process<TEvent>;
  readonly #given: readonly AnyGivenEvent[];

  constructor(process: Process<TEvent>, given: readonly AnyGivenEvent[]) {
    this.#process = process;
    this.#given = given;
  }

  /** What happens now, with the tag of its process. Nothing is done before a `then…` asks for the outcome. */
  when(event: GivenEvent<TEvent>): ReactionExample<TEvent> {
    return new ReactionExample(this.#process, { given: this.#given, event: event as AnyGivenEvent });
  }
}
