import { EventfoldError } from "@eventfold/types";

/** What a {@link NodeReplacedError} is made from. */
export interface NodeReplacedErrorOptions {
  /** The name that both have. */
  readonly node: string;
}

/**
 * Another living node has the same name and has taken the place of this one, which has stopped: two nodes of one name would take
 * each other's work endlessly. Give nodes that run at the same time different names.
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
      `Another node with the name ${JSON.stringify(node)} was started and has taken the place of this one, which has stopped. Give nodes that run at the same time different names.`,
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
