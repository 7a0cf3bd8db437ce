import type { StorageCapabilities } from "@eventfold/store";
import type { EventStorageRule } from "../suite/rule-test.ts";
import type { OptionalMember } from "./optional-members.ts";
import type { StorageUnderTest } from "./storage-under-test.ts";

/** How hard the tests of races press. */
export interface SuiteConcurrency {
  /** How many rivals write at once. Default: 16. */
  readonly writers?: number | undefined;
  /** How often a race is run. Default: 5; 50 when the environment variable `EVENTFOLD_SOAK` is set. */
  readonly repeats?: number | undefined;
}

/** The options of {@link eventStorageAdapterSuite}. */
export interface EventStorageSuiteOptions {
  /** Names the suite in the runner's report. */
  readonly name: string;
  /** Makes fresh, empty storage. It is called once per test. */
  readonly create: () => Promise<StorageUnderTest>;
  readonly concurrency?: SuiteConcurrency | undefined;
  /**
   * What the adapter cannot do, as `{ durable: false }`: the tests that need it are skipped for that reason. Default:
   * it can do everything. A test compares this with what the adapter declares.
   */
  readonly capabilities?: Partial<StorageCapabilities> | undefined;
  /**
   * The optional members that the adapter does not have, as `["inspection"]`: the tests that need them are skipped for that
   * reason. Default: it has all of them. A test compares this with what the adapter has.
   */
  readonly lacks?: readonly OptionalMember[] | undefined;
  /** Whether the storages made by `create` can {@link StorageUnderTest.cutConnections}. Default: `false`. */
  readonly canCutConnections?: boolean | undefined;
  /**
   * The rules to test; each of the others is reported as a skip with its number of tests. This is for variants of an adapter
   * that passes the whole suite: name the rules that the variant could break. `EVENTFOLD_SOAK=1` runs all. Default: all.
   */
  readonly rules?: readonly EventStorageRule[] | undefined;
  /** Replaces the time limit of every test, in milliseconds. */
  readonly timeLimitMs?: number | undefined;
  /** Where generated cases come from: an integer below 2³². Default: `EVENTFOLD_SEED`, else a fresh one per run. */
  readonly seed?: number | undefined;
}
