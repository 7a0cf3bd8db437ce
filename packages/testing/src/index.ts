// Suites
export { eventStorageAdapterSuite } from "./event-storage/event-storage-adapter-suite.ts";
export type { EventStorageSuiteOptions, SuiteConcurrency } from "./event-storage/event-storage-suite-options.ts";
export type { OpenSettings, StorageUnderTest } from "./event-storage/storage-under-test.ts";
export { RuleBrokenError } from "./suite/rule-broken.ts";
export type { SuiteRunner, SuiteTestFunction } from "./suite/suite-runner.ts";

// Random data from a seed
export { type Random, seededRandom } from "./random/random.ts";
export { chosenSeed } from "./random/seed.ts";
