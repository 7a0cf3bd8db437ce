import { EventfoldError } from "@eventfold/types";

/** What an {@link InvalidDecisionError} is made from. */
export interface InvalidDecisionErrorOptions {
  /** The name of the decider, if it has one. */
  readonly decider: string | undefined;
  readonly commandType: string;
  readonly reason: string;
}

/**
 * What a decider returned for a command is no list of its events: `undefined`, a promise, an event that `evolve` has no
 * handler for. Nothing was stored. It is a fault of the decider, not of the command.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "INVALID_DECISION")) console.log(error.commandType, error.reason);
 * ```
 */
export class InvalidDecisionError extends EventfoldError {
  declare readonly code: "INVALID_DECISION";
  /** The name of the decider, if it has one. */
  readonly decider: string | undefined;
  /** The `type` of the command that was decided. */
  readonly commandType: string;
  /** What is wrong with the decision. */
  readonly reason: string;

  constructor({ decider, commandType, reason }: InvalidDecisionErrorOptions) {
    const who = decider === undefined ? "The decider" : `The decider ${JSON.stringify(decider)}`;
    super(
      `${who} made an invalid decision on the command ${JSON.stringify(commandType)}: ${reason}. Nothing was stored.`,
      {
        code: "INVALID_DECISION",
      },
    );
    this.decider = decider;
    this.commandType = commandType;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_DECISION: InvalidDecisionError;
  }
}
