import type { AnyDeciderEvent } from "./decider.ts";

/**
 * What sends commands in consequence of events: `processManager` of `@eventfold/commands` makes one. It says which commands the
 * last of the events of a process leads to.
 */
export interface Process<TEvent extends AnyDeciderEvent> {
  readonly name: string;
  readonly commandsAfter: (events: readonly TEvent[]) => readonly SentCommand[];
}

/** A command that a process sends: to which decider, and on what stream or boundary. */
export interface SentCommand {
  readonly decider: { readonly name?: string | undefined };
  readonly target: unknown;
  readonly command: unknown;
}
