import { EventfoldError, printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/** What a {@link ProjectionBehindError} is made from. */
export interface ProjectionBehindErrorOptions {
  /** The name of the projector. */
  readonly projector: string;
  readonly projectorVersion: number;
  readonly source: SourceIdentifier;
  readonly completeUpTo: number;
}

/**
 * The inline projections of a projector with a `key` lack more events than a publish catches up on, so nothing was
 * published: they were added to a log that already has events, or events were published without updating them. Build them with
 * `buildInline` while processes run; the identical call succeeds once they are built.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "PROJECTION_BEHIND")) {
 *   await buildInline(ownerProjector, { adapter, store: projectionStore, category: "accounts" });
 * }
 * ```
 */
export class ProjectionBehindError extends EventfoldError {
  declare readonly code: "PROJECTION_BEHIND";
  /** The name of the projector. */
  readonly projector: string;
  readonly projectorVersion: number;
  /** What is projected. */
  readonly source: SourceIdentifier;
  /** Every event of the source up to this number is folded in. */
  readonly completeUpTo: number;

  constructor({ projector, projectorVersion, source, completeUpTo }: ProjectionBehindErrorOptions) {
    const where = source.kind === "log" ? "" : `, category: ${JSON.stringify(source.category)}`;
    super(
      `The inline projections of ${JSON.stringify(projector)} (version ${projectorVersion}) over ${printSourceIdentifier(source)} are complete up to sequence number ${completeUpTo}, and more events were published since than a publish folds on its way. Nothing was published. Build them with buildInline(projector, { adapter, store${where} }), then publish again.`,
      { code: "PROJECTION_BEHIND", isRetryable: true },
    );
    this.projector = projector;
    this.projectorVersion = projectorVersion;
    this.source = source;
    this.completeUpTo = completeUpTo;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    PROJECTION_BEHIND: ProjectionBehindError;
  }
}
