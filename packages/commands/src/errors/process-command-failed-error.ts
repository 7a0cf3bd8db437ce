import { EventfoldError, isEventfoldError } from "@eventfold/types";

/** What a {@link ProcessCommandFailedError} is made from. */
export interface ProcessCommandFailedErrorOptions {
  /** The name of the process manager. */
  readonly process: string;
  /** The id of the event that was handled. */
  readonly eventId: string;
  /** The type of the command. */
  readonly commandType: string;
  /** The name of its decider; `undefined` where it has none. */
  readonly decider: string | undefined;
  /** The place of the command among those that the event leads to, from 0. */
  readonly index: number;
  /** What the decider has thrown, or what kept the command from being carried out. */
  readonly cause: unknown;
}

/**
 * A command of a process manager was refused, or could not be carried out: `cause` says why. The commands before it have been carried out.
 * It is retryable where its cause is.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PROCESS_COMMAND_FAILED")) console.log(error.process, error.commandType, error.cause);
 * ```
 */
export class ProcessCommandFailedError extends EventfoldError {
  declare readonly code: "PROCESS_COMMAND_FAILED";
  /** The name of the process manager. */
  readonly process: string;
  /** The id of the event that was handled. */
  readonly eventId: string;
  /** The type of the command. */
  readonly commandType: string;
  /** The name of its decider; `undefined` where it has none. */
  readonly decider: string | undefined;
  /** The place of the command among those that the event leads to, from 0. */
  readonly index: number;

  constructor({ process, eventId, commandType, decider, index, cause }: ProcessCommandFailedErrorOptions) {
    const of = decider === undefined ? "" : ` of the decider ${JSON.stringify(decider)}`;
    super(
      `The process manager ${JSON.stringify(process)} could not carry out the command ${JSON.stringify(commandType)}${of}, number ${index + 1} of those that the event ${eventId} leads to: ${textOf(cause)}`,
      { code: "PROCESS_COMMAND_FAILED", cause, isRetryable: isEventfoldError(cause) && cause.isRetryable },
    );
    this.process = process;
    this.eventId = eventId;
    this.commandType = commandType;
    this.decider = decider;
    this.index = index;
  }
}

function textOf(cause: unknown): string {
  try {
    return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  } catch {
    return "what was thrown cannot be printed";
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PROCESS_COMMAND_FAILED: ProcessCommandFailedError;
  }
}
