// Suites
export { eventStorageAdapterSuite } from "./event-storage/event-storage-adapter-suite.ts";
export type { EventStorageSuiteOptions, SuiteConcurrency } from "./event-storage/event-storage-suite-options.ts";
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
export { RuleBrokenError } from "./suite/rule-broken.ts";
export type { SuiteRunner, SuiteTestFunction } from "./suite/suite-runner.ts";

// Random data from a seed
export { type Random, seededRandom } from "./random/random.ts";
export { chosenSeed } from "./random/seed.ts";
export { generatedEvent, generatedId, generatedTime } from "./random/generated-event.ts";
export { generatedJson } from "./random/generated-json.ts";
export { generatedName, generatedSourceIdentifier } from "./random/generated-name.ts";

// Builders
export { aNewEvent, NewEventBuilder } from "./builders/new-event-builder.ts";
export { aStoredEvent, StoredEventBuilder } from "./builders/stored-event-builder.ts";

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
