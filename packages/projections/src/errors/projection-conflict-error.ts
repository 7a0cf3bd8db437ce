import { EventfoldError } from "@eventfold/types";

/** One projection that was not as it had been seen. */
export interface ProjectionConflict {
  /** The name of the projection. */
  readonly projection: string;
  readonly projectorVersion: number;
  readonly id: string;
  /** What had been seen; `undefined`: that there was none. */
  readonly expectedSequenceNumber: number | undefined;
  /** The `lastSequenceNumber` of what is stored; `undefined` when nothing is. */
  readonly storedSequenceNumber: number | undefined;
}

/**
 * The projection is not what was seen of it: another caller has saved or deleted it, so nothing was saved. The message says what to
 * do; the identical call would be refused again.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PROJECTION_CONFLICT")) console.log(error.id, error.storedSequenceNumber);
 * ```
 */
export class ProjectionConflictError extends EventfoldError implements ProjectionConflict {
  declare readonly code: "PROJECTION_CONFLICT";
  readonly projection: string;
  readonly projectorVersion: number;
  readonly id: string;
  readonly expectedSequenceNumber: number | undefined;
  readonly storedSequenceNumber: number | undefined;
  /** All projections that were not as seen, in the order given; the fields of the error describe the first. */
  readonly conflicts: readonly ProjectionConflict[];

  constructor(conflicts: readonly [ProjectionConflict, ...ProjectionConflict[]]) {
    const [first] = conflicts;
    super(messageFor(first, conflicts.length - 1), { code: "PROJECTION_CONFLICT" });
    this.projection = first.projection;
    this.projectorVersion = first.projectorVersion;
    this.id = first.id;
    this.expectedSequenceNumber = first.expectedSequenceNumber;
    this.storedSequenceNumber = first.storedSequenceNumber;
    this.conflicts = conflicts;
  }
}

function messageFor(first: ProjectionConflict, others: number): string {
  const more = others === 0 ? "" : ` (and ${others} more)`;
  return `The projection ${JSON.stringify(first.projection)} ${JSON.stringify(first.id)}${more} has changed since it was seen: expected ${described(first.expectedSequenceNumber)}, found ${described(first.storedSequenceNumber)}. Nothing was saved. ${adviceFor(first)}`;
}

function adviceFor({ expectedSequenceNumber: expected, storedSequenceNumber: stored }: ProjectionConflict): string {
  if (stored === undefined) return "It was deleted: project its source from the start, and save that.";
  if (expected === undefined)
    return "Load it with includeRemoved: true, since an event may have removed it, and continue what you find.";
  if (stored < expected) return "It was replaced by an older one, as by a rebuild: load it again and continue that.";
  return "Load it again and continue it.";
}

function described(sequenceNumber: number | undefined): string {
  return sequenceNumber === undefined ? "none" : `one up to sequence number ${sequenceNumber}`;
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PROJECTION_CONFLICT: ProjectionConflictError;
  }
}
