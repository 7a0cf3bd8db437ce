// Reading: what tools that show a log have in common
export type { AnyKeyedProjector, AnyProjector, AnySingleProjector } from "./reading/any-projector.ts";
export { type EventOutline, outlineOf, outlineOfText } from "./reading/event-outline.ts";
export { type Causes, type CausesEnd, findCauses } from "./reading/find-causes.ts";
export { type Effect, type Effects, findEffects, type FindEffectsOptions } from "./reading/find-effects.ts";
export { findFirstEventFrom, type FirstEventFromOptions } from "./reading/first-event-from.ts";
export { countParked, type ParkedPage, type ParkedPageOptions, readParkedPage } from "./reading/read-parked.ts";
export {
  type NodeState,
  type PartitionState,
  readSubscriptions,
  type SubscriptionState,
  type SubscriptionsState,
} from "./reading/read-subscriptions.ts";
export { readTexts } from "./reading/read-texts.ts";
export { stateAt, type StateAtOptions } from "./reading/state-at.ts";
export { differencesOf, type StateDifference } from "./reading/state-difference.ts";
export type { StatePlace } from "./reading/state-place.ts";
export { type StateStep, stateSteps, type StateStepsOptions } from "./reading/state-steps.ts";
export { type CausedEvent, type EventTrace, traceEvent, type TraceOptions, treeOf } from "./reading/trace-event.ts";
export { visibleJson, visibleLines, visibleText } from "./reading/visible-text.ts";

// Moving events between logs
export { type ExportedLog, exportLog, type ExportOptions } from "./archive/export-log.ts";
export { type ImportedLog, importLog, type ImportOptions } from "./archive/import-log.ts";
export {
  type CopiedLog,
  type CopiedSubscriptions,
  copyLog,
  type CopyOptions,
  type FollowedCopy,
} from "./archive/copy-log.ts";
export type { ArchiveHeader, ArchiveTrailer } from "./archive/archive-format.ts";
export { partialFilesOf } from "./archive/whole-file.ts";
export type { RestoredEvents } from "./archive/restore-events.ts";
export type { TransferOptions, TransferProgress } from "./archive/transfer-progress.ts";

// Verifying a log
export { type DigestOptions, digestLog } from "./archive/digest-log.ts";
export { type CategoryDigest, type DigestMark, type LogDigest, parseLogDigest } from "./archive/log-digest.ts";
export {
  type ContentReport,
  type ContentVerificationOptions,
  type LogVerificationOptions,
  type StructureReport,
  type VerificationOptions,
  type VerificationProgress,
  type VerificationReport,
  verifyContent,
  verifyLog,
  verifyStructure,
} from "./archive/verify-log.ts";
export type { CategoryDifference, EventDifference, LogPart } from "./archive/content-differences.ts";

// Errors
export {
  ArchiveDamagedError,
  type ArchiveDamagedErrorOptions,
  ArchiveExistsError,
  ArchiveIncompleteError,
  ArchiveTooNewError,
  CompressionUnavailableError,
  NotAnArchiveError,
} from "./archive/errors/archive-errors.ts";
export { OtherLogError, type OtherLogErrorOptions } from "./archive/errors/other-log-error.ts";
export { UnsupportedByAdapterError } from "./archive/errors/unsupported-by-adapter-error.ts";
export {
  UntransferableEventError,
  type UntransferableEventErrorOptions,
} from "./archive/errors/untransferable-event-error.ts";
