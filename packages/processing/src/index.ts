// The broker
export {
  type BrokerErrorContext,
  EventBroker,
  type EventBrokerOptions,
} from "./broker/event-broker.ts";
export type {
  BrokerStatus,
  HeldPartitionStatus,
  OtherPartitionStatus,
  PartitionLag,
  SubscriptionReport,
} from "./broker/broker-status.ts";
export type { BrokerHealth, SubscriptionHealth } from "./broker/broker-health.ts";
export type { MeasuredLag, SubscriptionLag } from "./broker/lag.ts";
export { type ConsumeAllOptions, consumeAll } from "./broker/consume-all.ts";
export type { ControlOptions } from "./broker/control-input.ts";
export {
  ProcessingControl,
  type RemoveOptions,
  type ResetTo,
} from "./broker/processing-control.ts";
export { combinedStatus, type ProcessingState } from "./broker/processing-state.ts";
export type { StopOptions } from "./broker/stop-options.ts";
export type { WaitOptions } from "./broker/waiting.ts";

// What users make
export {
  type CheckpointOptions,
  type Subscription,
  type SubscriptionDefinition,
  type SubscriptionOptions,
  subscription,
} from "./subscription/subscription.ts";
export type {
  BatchContext,
  BatchHandler,
  EventContext,
  EventHandler,
  EventsToPublish,
  HandlingContext,
  HandlingEffects,
  RefusedTransaction,
  ProcessContext,
  SingleEventHandler,
  StreamingHandler,
} from "./subscription/event-handler.ts";
export { type SubscriptionGroupDefinition, subscriptionGroup } from "./subscription/subscription-group.ts";
export type { Transactional } from "./subscription/transactional.ts";
export type { StartFrom } from "./subscription/start-from.ts";

// What can be subscribed to
export type { ForeignEvent, ForeignMessage } from "./subscription/foreign-message.ts";
export {
  type ForeignEvents,
  type ForeignReadOptions,
  foreignSource,
  type ForeignSourceDefinition,
} from "./subscription/foreign-source.ts";
export type { ForeignIdentifier, SubscribableSource } from "./subscription/subscribable-source.ts";

// Projections in the background
export {
  type FollowableSource,
  type ProjectionSubscriptionDefinition,
  type ProjectionSubscriptionOptions,
  projectionSubscription,
} from "./projection/projection-subscription.ts";
export { type Rebuilt, type RebuildOptions, type RebuildProgress, rebuild } from "./projection/rebuild.ts";
export type { EventFold, FoldedPartition, FoldingHandler } from "./subscription/folding-handler.ts";

// What happens when a handler fails
export { type Backoff, exponentialBackoff } from "./failure/backoff.ts";
export { type AfterFailure, type FailurePolicy, type Retries, retry } from "./failure/failure-policy.ts";

// Locks
export { type LockContext, LockManager, type LockManagerOptions } from "./locks/lock-manager.ts";
export type { HeldLock } from "./locks/held-lock.ts";

// Services
export {
  type RegisterOptions,
  ServiceManager,
  type ServiceManagerOptions,
  type ServiceManagerStatus,
  type ServiceStatus,
} from "./services/service-manager.ts";
export type { Service } from "./services/service.ts";
export { type PollingOptions, pollingService } from "./services/polling-service.ts";
export {
  continueWith,
  type ErrorReaction,
  type ErrorReactionContext,
  type ErrorReactions,
  exitProcess,
  rethrow,
  retryWith,
} from "./services/error-reaction.ts";
export { withErrorReaction, type WithErrorReactionOptions } from "./services/with-error-reaction.ts";

// What tracing channels say
export type {
  CheckpointMessage,
  LeaseMessage,
  ParkMessage,
  PartitionMessage,
  ProcessMessage,
} from "./tracing/channels.ts";

// The port that adapters implement
export type {
  ProcessingStorageAdapter,
  ProcessingStorageCapabilities,
} from "./storage/processing-storage-adapter.ts";
export type { ProcessingStorage } from "./storage/processing-storage.ts";
export type { ClosingStep, ProcessingTransaction } from "./storage/processing-transaction.ts";

// Subscriptions and their partitions
export type {
  RegisteredSubscription,
  SubscriptionFacts,
  SubscriptionRegistration,
} from "./storage/subscription.ts";
export type { LeaseOutcome, PartitionKey, PartitionLease } from "./storage/partition-lease.ts";
export type { ClaimedPartition, ClaimRequest, PartitionReport, SeenPartition } from "./storage/partition.ts";
export type { Checkpoint, CheckpointMove, MoveOutcome } from "./storage/checkpoint.ts";
export type { Removal, RemovalOutcome } from "./storage/removal.ts";
export type {
  ArrivalOutcome,
  FenceArrival,
  Repartition,
  RepartitionCall,
  RepartitionOutcome,
} from "./storage/repartition.ts";

// Sessions and locks
export type {
  BeatOutcome,
  BeatRequest,
  ProcessingSession,
  ReplacedSession,
  SessionBeginning,
  StalledSession,
} from "./storage/session.ts";
export type { LockAttempt, LockOutcome, LockRelease } from "./storage/processing-lock.ts";

// What is parked, asked and reported
export type {
  EventToPark,
  OwnedEventToPark,
  ParkedEvent,
  ParkedKey,
  ParkedListing,
  ParkedMark,
  ParkedOfPartition,
  ParkedSelection,
  ParkOutcome,
  ParkRequest,
  UnparkRequest,
} from "./storage/parked-event.ts";
export type {
  CarryOutOutcome,
  CarryOutRequest,
  PartitionRequest,
  RequestCall,
  RequestOutcome,
  WaitingRequest,
} from "./storage/partition-request.ts";
export type {
  ParkedRequest,
  PartitionStatus,
  ProcessingStatus,
  StatusRequest,
  SubscriptionStatus,
} from "./storage/processing-status.ts";

// Errors
export {
  CheckpointAheadOfLogError,
  type CheckpointAheadOfLogErrorOptions,
} from "./errors/checkpoint-ahead-of-log-error.ts";
export { LeaseLostError, type LeaseLostErrorOptions } from "./errors/lease-lost-error.ts";
export {
  type SubscriptionIdentity,
  SubscriptionMismatchError,
  type SubscriptionMismatchErrorOptions,
} from "./errors/subscription-mismatch-error.ts";
export { BrokerStoppedError, type BrokerStoppedErrorOptions } from "./errors/broker-stopped-error.ts";
export { HandlerTimedOutError, type HandlerTimedOutErrorOptions } from "./errors/handler-timed-out-error.ts";
export { LockLostError, type LockLostErrorOptions } from "./errors/lock-lost-error.ts";
export { LockManagerClosedError, type LockManagerClosedErrorOptions } from "./errors/lock-manager-closed-error.ts";
export { LockTimedOutError, type LockTimedOutErrorOptions } from "./errors/lock-timed-out-error.ts";
export { OlderVersionBusyError, type OlderVersionBusyErrorOptions } from "./errors/older-version-busy-error.ts";
export { NodeReplacedError, type NodeReplacedErrorOptions } from "./errors/node-replaced-error.ts";
export { PartitionPausedError, type PartitionPausedErrorOptions } from "./errors/partition-paused-error.ts";
export { ParkedEventsLeftError, type ParkedEventsLeftErrorOptions } from "./errors/parked-events-left-error.ts";
export {
  SubscriptionRemovedError,
  type SubscriptionRemovedErrorOptions,
} from "./errors/subscription-removed-error.ts";
export { SubscriptionBusyError, type SubscriptionBusyErrorOptions } from "./errors/subscription-busy-error.ts";
export {
  TransactionsNotSharedError,
  type TransactionsNotSharedErrorOptions,
  type UnsharedStorage,
} from "./errors/transactions-not-shared-error.ts";
export { WaitTimedOutError, type WaitTimedOutErrorOptions } from "./errors/wait-timed-out-error.ts";
