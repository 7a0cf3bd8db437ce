import type { KeyStorageCapabilities } from "@eventfold/events";
import type { KeyStorageRule } from "../suite/rule-test.ts";
import type { KeyStorageUnderTest } from "./key-storage-under-test.ts";

/** How hard the tests of races press. */
export interface KeySuiteConcurrency {
  /** How many rivals call at once. Default: 16. */
  readonly rivals?: number | undefined;
  /** How often a race is run. Default: 10; 100 when the environment variable `EVENTFOLD_SOAK` is set. */
  readonly repeats?: number | undefined;
}

/** The options of {@link keyStorageAdapterSuite}. */
export interface KeyStorageSuiteOptions {
  /** Names the suite in the runner's report. */
  readonly name: string;
  /** Makes fresh, empty storage. It is called once per test. */
  readonly create: () => Promise<KeyStorageUnderTest>;
  readonly concurrency?: KeySuiteConcurrency | undefined;
  /**
   * What the adapter declares that it cannot do, as `{ durable: false }`: the tests that need it are skipped with that
   * reason. Default: it can do everything. A test compares this with what the adapter itself declares.
   */
  readonly capabilities?: Partial<KeyStorageCapabilities> | undefined;
  /** Whether the storages made by `create` have `openShared`. Default: `true`. */
  readonly canShare?: boolean | undefined;
  /**
   * The rules to test; each of the others is reported as a skip with its number of tests. This is for variants of an adapter
   * that passes the whole suite: name the rules that the variant could break. `EVENTFOLD_SOAK=1` runs all. Default: all.
   */
  readonly rules?: readonly KeyStorageRule[] | undefined;
  /** Replaces the time limit of every test, in milliseconds. */
  readonly timeLimitMs?: number | undefined;
  /** Where generated cases come from: an integer below 2³². Default: `EVENTFOLD_SEED`, else a fresh one per run. */
  readonly seed?: number | undefined;
}
