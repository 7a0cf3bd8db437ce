// Projections and projectors
export type { Projection } from "./projection.ts";
export type {
  AcceptedSource,
  ConstraintOf,
  EventOfSource,
  ProjectableSource,
  RefusedSource,
} from "./projector/projectable-source.ts";
export { type Move, moveTo, type Removal, remove } from "./projector/outcome.ts";
export type {
  KeyedProjector,
  OccurrenceOptions,
  ProjectOptions,
  Projector,
  ProjectorIdentity,
} from "./projector/projector.ts";
export type {
  EventHandlers,
  IdentifierOf,
  ProjectionIdentity,
  ProjectorDefinition,
  ProjectorMetadata,
  ProjectorSource,
  UnhandledEventPolicy,
} from "./projector/projector-definition.ts";
export {
  type DefinedProjectorDefinition,
  defineProjector,
  type ReadingByDefinitions,
} from "./projector/define-projector.ts";
export { type MissingCall, type ProjectorFactory, type ProjectorOf, projectorFor } from "./projector/projector-for.ts";
export type { SnapshotOptions, SnapshotStore } from "./projector/snapshot-options.ts";
export type { Continuable, LoadedProjection, RefusedState, WhereStorable } from "./projector/storable.ts";

// The store
export type {
  AllOptions,
  ProjectionId,
  ProjectionIds,
  ProjectionOfSource,
  ProjectionReference,
  ProjectionReferences,
  ProjectionSourceReference,
  QueryScope,
  RemovedOption,
  SaveManyOptions,
  SaveOptions,
  SeenKey,
  VersionOption,
} from "./store/projection-references.ts";
export { ProjectionStore, type ProjectionStoreOptions } from "./store/projection-store.ts";
export type { ProjectionsOf } from "./store/projections-of.ts";

// In the transaction of a publish
export {
  type BuildInlineOptions,
  buildInline,
  type InlineBuild,
  type KeyedProjectorIdentity,
} from "./inline/build-inline.ts";
export { type InlineProjectionOptions, inlineProjection } from "./inline/inline-projection.ts";

// Errors
export { InvalidProjectionError, type InvalidProjectionErrorOptions } from "./errors/invalid-projection-error.ts";
export {
  ProjectionAheadOfLogError,
  type ProjectionAheadOfLogErrorOptions,
} from "./errors/projection-ahead-of-log-error.ts";
export { ProjectionBehindError, type ProjectionBehindErrorOptions } from "./errors/projection-behind-error.ts";
export { type ProjectionConflict, ProjectionConflictError } from "./errors/projection-conflict-error.ts";
export { ProjectionIdTakenError, type ProjectionIdTakenErrorOptions } from "./errors/projection-id-taken-error.ts";
export { SearchTimedOutError, type SearchTimedOutErrorOptions } from "./errors/search-timed-out-error.ts";
export { UnhandledEventError, type UnhandledEventErrorOptions } from "./errors/unhandled-event-error.ts";

// What the tracing channel says
export type { ProjectMessage } from "./tracing/project-channel.ts";

// The port that adapters implement
export type { PreparedProjection } from "./storage/prepared-projection.ts";
export type {
  CompletenessKey,
  CompletenessWrite,
  ConflictingWrite,
  ProjectionDeletion,
  ProjectionFilter,
  ProjectionKey,
  ProjectionKeys,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionScope,
  ProjectionSearch,
  ProjectionSourceKey,
  ProjectionStartingPoint,
  ProjectionStorage,
  ProjectionWrite,
  SeenProjection,
  StartingPointRequest,
} from "./storage/projection-storage.ts";
export type {
  ProjectionStorageAdapter,
  ProjectionStorageCapabilities,
} from "./storage/projection-storage-adapter.ts";
export type { StoredProjection } from "./storage/stored-projection-of.ts";
export { damagedProjectionError } from "./storage/damaged-projection-error.ts";
export { storedProjectionOf } from "./storage/stored-projection-of.ts";
