import type { ProjectionStorageCapabilities } from "@eventfold/projections";
import type { ProjectionStorageRule } from "../suite/rule-test.ts";
import type { ProjectionStorageUnderTest } from "./projection-storage-under-test.ts";

/** How hard the tests of races press, and how many generated queries are asked. */
export interface ProjectionSuiteConcurrency {
  /** How many rivals write at once. Default: 16. */
  readonly writers?: number | undefined;
  /** How often a race is run. Default: 5; 50 when the environment variable `EVENTFOLD_SOAK` is set. */
  readonly repeats?: number | undefined;
  /** How many generated queries are asked. Default: 400; 4,000 when the environment variable `EVENTFOLD_SOAK` is set. */
  readonly queries?: number | undefined;
}

/** The options of {@link projectionStorageAdapterSuite}. */
export interface ProjectionStorageSuiteOptions {
  /** Names the suite in the runner's report. */
  readonly name: string;
  /** Makes fresh, empty storage. It is called once per test. */
  readonly create: () => Promise<ProjectionStorageUnderTest>;
  readonly concurrency?: ProjectionSuiteConcurrency | undefined;
  /**
   * What the adapter declares that it cannot do, as `{ durable: false }`: the tests that need it are skipped with that
   * reason. Default: it can do everything. A test compares this with what the adapter itself declares.
   */
  readonly capabilities?: Partial<ProjectionStorageCapabilities> | undefined;
  /** Whether the storages made by `create` have `openShared`. Default: `true`. */
  readonly canShare?: boolean | undefined;
  /** Whether the adapter can be opened with the user's own functions. Default: `true`. */
  readonly canCallFunctions?: boolean | undefined;
  /**
   * The rules to test; each of the others is reported as a skip with its number of tests. This is for variants of an adapter
   * that passes the whole suite: name the rules that the variant could break. `EVENTFOLD_SOAK=1` runs all. Default: all.
   */
  readonly rules?: readonly ProjectionStorageRule[] | undefined;
  /** Replaces the time limit of every test, in milliseconds. */
  readonly timeLimitMs?: number | undefined;
  /** Where generated cases come from: an integer below 2³². Default: `EVENTFOLD_SEED`, else a fresh one per run. */
  readonly seed?: number | undefined;
}
