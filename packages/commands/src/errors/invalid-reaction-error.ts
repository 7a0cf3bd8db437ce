import { EventfoldError } from "@eventfold/types";

/** What an {@link InvalidReactionError} is made from. */
export interface InvalidReactionErrorOptions {
  /** The name of the process manager. */
  readonly process: string;
  /** The name of the event that was handled. */
  readonly eventName: string;
  readonly reason: string;
}

/**
 * What a process manager returned for an event is no list of commands: `undefined`, a promise, something that `processCommand` has
 * not made. No command was carried out. It is a fault of the process manager, not of the event.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "INVALID_REACTION")) console.log(error.process, error.eventName, error.reason);
 * ```
 */
export class InvalidReactionError extends EventfoldError {
  declare readonly code: "INVALID_REACTION";
  /** The name of the process manager. */
  readonly process: string;
  /** The name of the event that was handled. */
  readonly eventName: string;
  /** What is wrong with the reaction. */
  readonly reason: string;

  constructor({ process, eventName, reason }: InvalidReactionErrorOptions) {
    super(
      `The process manager ${JSON.stringify(process)} made an invalid reaction to the event ${JSON.stringify(eventName)}: ${reason}. No command was carried out.`,
      { code: "INVALID_REACTION" },
    );
    this.process = process;
    this.eventName = eventName;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_REACTION: InvalidReactionError;
  }
}
