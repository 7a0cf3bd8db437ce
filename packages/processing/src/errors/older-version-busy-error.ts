import { EventfoldError } from "@eventfold/types";

/** What an {@link OlderVersionBusyError} is made from. */
export interface OlderVersionBusyErrorOptions {
  /** The name of the projector. */
  readonly projector: string;
  /** The version that is not cleared. */
  readonly projectorVersion: number;
  /** The version that readers see. */
  readonly activeVersion: number;
  /** The names of the nodes that work on the version. */
  readonly nodes: readonly string[];
}

/**
 * A rebuild is done, and readers see the new version, but an older one was not cleared, because nodes still work on it: they would go on
 * from projections that no longer exist. Stop them, or give them the new version, and call `rebuild` again.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "OLDER_VERSION_BUSY")) console.log(error.activeVersion, error.projectorVersion, error.nodes);
 * ```
 */
export class OlderVersionBusyError extends EventfoldError {
  declare readonly code: "OLDER_VERSION_BUSY";
  /** The name of the projector. */
  readonly projector: string;
  /** The version that is not cleared. */
  readonly projectorVersion: number;
  /** The version that readers see. */
  readonly activeVersion: number;
  /** The names of the nodes that work on the version. */
  readonly nodes: readonly string[];

  constructor({ projector, projectorVersion, activeVersion, nodes }: OlderVersionBusyErrorOptions) {
    super(
      `Version ${activeVersion} of the projector ${JSON.stringify(projector)} is active, but version ${projectorVersion} was not cleared, because ${nodes.join(", ")} still work${nodes.length === 1 ? "s" : ""} on it. Stop these nodes or give them the new version, and call rebuild again.`,
      { code: "OLDER_VERSION_BUSY", isRetryable: true },
    );
    this.projector = projector;
    this.projectorVersion = projectorVersion;
    this.activeVersion = activeVersion;
    this.nodes = nodes;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    OLDER_VERSION_BUSY: OlderVersionBusyError;
  }
}
