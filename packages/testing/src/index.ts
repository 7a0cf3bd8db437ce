// Suites
export { eventStorageAdapterSuite } from "./event-storage/event-storage-adapter-suite.ts";
export type { EventStorageSuiteOptions, SuiteConcurrency } from "./event-storage/event-storage-suite-options.ts";
export type { OptionalMember } from "./event-storage/optional-members.ts";
export type { OpenSettings, StorageUnderTest } from "./event-storage/storage-under-test.ts";
export { projectionStorageAdapterSuite } from "./projection-storage/projection-storage-adapter-suite.ts";
export type {
  ProjectionStorageSuiteOptions,
  ProjectionSuiteConcurrency,
} from "./projection-storage/projection-storage-suite-options.ts";
export type {
  ProjectionOpenSettings,
  ProjectionStorageUnderTest,
  SharedAdapters,
} from "./projection-storage/projection-storage-under-test.ts";
export { suiteFunctions } from "./projection-storage/suite-functions.ts";
export { processingStorageAdapterSuite } from "./processing-storage/processing-storage-adapter-suite.ts";
export type {
  ProcessingStorageSuiteOptions,
  ProcessingSuiteConcurrency,
} from "./processing-storage/processing-storage-suite-options.ts";
export type {
  ProcessingOpenSettings,
  ProcessingStorageUnderTest,
  SharedProcessingAdapters,
} from "./processing-storage/processing-storage-under-test.ts";
export { keyStorageAdapterSuite } from "./key-storage/key-storage-adapter-suite.ts";
export type { KeyStorageSuiteOptions, KeySuiteConcurrency } from "./key-storage/key-storage-suite-options.ts";
export type { KeyStorageUnderTest, SharedKeyAdapters } from "./key-storage/key-storage-under-test.ts";
export { RuleBrokenError } from "./suite/rule-broken.ts";
export type {
  EventStorageRule,
  KeyStorageRule,
  ProcessingStorageRule,
  ProjectionStorageRule,
} from "./suite/rule-test.ts";
export type { SuiteRunner, SuiteTestFunction } from "./suite/suite-runner.ts";

// Random data from a seed
export { type Random, seededRandom } from "./random/random.ts";
export { chosenSeed } from "./random/seed.ts";
export { generatedEvent, generatedId, generatedTime } from "./random/generated-event.ts";
export { generatedJson } from "./random/generated-json.ts";
export { generatedName, generatedSourceIdentifier } from "./random/generated-name.ts";
export { generatedConstraint, generatedStreamConstraint } from "./random/generated-constraint.ts";
export { generatedCondition } from "./event-storage/rules/generated-condition.ts";
export { generatedProjection } from "./random/generated-projection.ts";
export { generatedState } from "./projection-storage/observe/generated-state.ts";
export { generatedQuery } from "./projection-storage/observe/generated-query.ts";

// Builders
export { aNewEvent, NewEventBuilder } from "./builders/new-event-builder.ts";
export { aStoredEvent, StoredEventBuilder } from "./builders/stored-event-builder.ts";
export { aProjection, ProjectionBuilder } from "./builders/projection-builder.ts";

// Time and ids
export { type ManualClock, manualClock } from "./time/manual-clock.ts";
export { sequentialIds } from "./ids/sequential-ids.ts";

// Fault injection
export {
  type DelayFault,
  delay,
  fail,
  type FailFault,
  type Fault,
  loseReply,
  type LoseReplyFault,
} from "./faults/fault.ts";
export {
  type FaultPlan,
  type FaultScript,
  type FaultyCall,
  faultScript,
  type RandomFaultOptions,
  randomFaults,
} from "./faults/fault-plan.ts";
export { withFaults } from "./faults/with-faults.ts";

// Given, when, then
export { specification } from "./specification/specification.ts";
export {
  type ExpectedReadModel,
  given,
  type GivenEvents,
  type ReadModelExample,
} from "./specification/read-model-example.ts";
export { type OfEvents, projected } from "./specification/projected.ts";
export type { Decider } from "./specification/decider.ts";
export type { ExpectedError } from "./specification/expected-error.ts";
export type { ExpectedEvent, ExpectedEventDetails } from "./specification/expected-event.ts";
export type { ExpectedProjection } from "./specification/expected-projection.ts";
export type { GivenEvent, GivenEventDetails } from "./specification/given-event.ts";
export type { DeciderSpecification, GivenDecider } from "./specification/decider-specification.ts";
export type { Process, SentCommand } from "./specification/process.ts";
export type { GivenProcess, ProcessSpecification } from "./specification/process-specification.ts";
export type { ReactionExample } from "./specification/reaction-example.ts";
export type { DecisionExample } from "./specification/decision-example.ts";
export type { ProjectorExample, ProjectorSpecification } from "./specification/projector-specification.ts";
export type {
  KeyedProjectorExample,
  KeyedProjectorSpecification,
} from "./specification/keyed-projector-specification.ts";
