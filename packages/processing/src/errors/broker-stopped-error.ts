import { EventfoldError } from "@eventfold/types";

/** What a {@link BrokerStoppedError} is made from. */
export interface BrokerStoppedErrorOptions {
  /** The name of the node. */
  readonly node: string;
}

/**
 * The broker has stopped, so it cannot be started again and there is nothing to wait for. A broker runs once: make a new one.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "BROKER_STOPPED")) console.log(error.node);
 * ```
 */
export class BrokerStoppedError extends EventfoldError {
  declare readonly code: "BROKER_STOPPED";
  /** The name of the node. */
  readonly node: string;

  constructor({ node }: BrokerStoppedErrorOptions) {
    super(`The broker ${JSON.stringify(node)} has stopped. A broker runs once: make a new one.`, {
      code: "BROKER_STOPPED",
    });
    this.node = node;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    BROKER_STOPPED: BrokerStoppedError;
  }
}
