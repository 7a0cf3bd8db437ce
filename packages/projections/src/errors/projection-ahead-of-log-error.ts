import { EventfoldError, printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/** What a {@link ProjectionAheadOfLogError} is made from. */
export interface ProjectionAheadOfLogErrorOptions {
  /** The name of the projection. */
  readonly projection: string;
  readonly projectorVersion: number;
  /** `undefined` where it is about all projections of a projector with a `key`. */
  readonly id: string | undefined;
  readonly source: SourceIdentifier;
  readonly lastSequenceNumber: number;
}

/**
 * A projection, or a snapshot, has read an event that its source does not have: the log was restored from an older
 * backup, lost acknowledged events, is a lagging standby, or is a different log. Going on from there would leave out
 * events, so nothing was folded or stored. Once the log is the right one, delete the projection, or clear its name, and
 * build it again.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PROJECTION_AHEAD_OF_LOG")) console.log(error.id, error.lastSequenceNumber);
 * ```
 */
export class ProjectionAheadOfLogError extends EventfoldError {
  declare readonly code: "PROJECTION_AHEAD_OF_LOG";
  /** The name of the projection. */
  readonly projection: string;
  readonly projectorVersion: number;
  /** `undefined` where it is about all projections of a projector with a `key`. */
  readonly id: string | undefined;
  /** What does not have the event. */
  readonly source: SourceIdentifier;
  /** The number of the event that the projection read last. */
  readonly lastSequenceNumber: number;

  constructor({ projection, projectorVersion, id, source, lastSequenceNumber }: ProjectionAheadOfLogErrorOptions) {
    const which = id === undefined ? "" : ` ${JSON.stringify(id)}`;
    super(
      `The projection ${JSON.stringify(projection)}${which} (version ${projectorVersion}) has read up to sequence number ${lastSequenceNumber}, an event that its source ${printSourceIdentifier(source)} does not have: the log was restored from an older backup, is a lagging standby, or is a different log. Nothing was folded. Once the log is the right one, delete the projection and build it again.`,
      { code: "PROJECTION_AHEAD_OF_LOG" },
    );
    this.projection = projection;
    this.projectorVersion = projectorVersion;
    this.id = id;
    this.source = source;
    this.lastSequenceNumber = lastSequenceNumber;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PROJECTION_AHEAD_OF_LOG: ProjectionAheadOfLogError;
  }
}
