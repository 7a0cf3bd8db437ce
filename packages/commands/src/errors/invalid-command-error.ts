import { EventfoldError } from "@eventfold/types";

/** What an {@link InvalidCommandError} is made from. */
export interface InvalidCommandErrorOptions {
  /** The name of the decider, if it has one. */
  readonly decider: string | undefined;
  /** What was given as the command's `type`. */
  readonly commandType: unknown;
  readonly reason: string;
}

/**
 * What was given is no command of the decider: it is not an object, or the decider knows no command of its `type`. Nothing
 * was read or stored. The other members of a command are not checked at run time.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "INVALID_COMMAND")) console.log(error.commandType, error.reason);
 * ```
 */
export class InvalidCommandError extends EventfoldError {
  declare readonly code: "INVALID_COMMAND";
  /** The name of the decider, if it has one. */
  readonly decider: string | undefined;
  /** What was given as the command's `type`, whatever it is. */
  readonly commandType: unknown;
  /** What is wrong with the command. */
  readonly reason: string;

  constructor({ decider, commandType, reason }: InvalidCommandErrorOptions) {
    const which = decider === undefined ? "" : ` for the decider ${JSON.stringify(decider)}`;
    super(`Invalid command${which}: ${reason}.`, { code: "INVALID_COMMAND" });
    this.decider = decider;
    this.commandType = commandType;
    this.reason = reason;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    INVALID_COMMAND: InvalidCommandError;
  }
}
