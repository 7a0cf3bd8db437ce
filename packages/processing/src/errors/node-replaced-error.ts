import { EventfoldError } from "@eventfold/types";

/** What a {@link NodeReplacedError} is made from. */
export interface NodeReplacedErrorOptions {
  /** The name that both have. */
  readonly node: string;
}

/**
 * Another living node has the same name and has taken this one's place, so this one has stopped: two of one name would take each
 * other's work without end. Give every node that runs at the same time a name of its own.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "NODE_REPLACED")) console.log(error.node);
 * ```
 */
export class NodeReplacedError extends EventfoldError {
  declare readonly code: "NODE_REPLACED";
  /** The name that both have. */
  readonly node: string;

  constructor({ node }: NodeReplacedErrorOptions) {
    super(
      `Another node with the name ${JSON.stringify(node)} was started and has taken the place of this one, which has stopped. Give every node that runs at the same time a name of its own.`,
      { code: "NODE_REPLACED" },
    );
    this.node = node;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    NODE_REPLACED: NodeReplacedError;
  }
}
