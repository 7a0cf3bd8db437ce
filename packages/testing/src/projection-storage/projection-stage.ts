import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { type Random, seededRandom } from "../random/random.ts";
import { type CloseLater, withFreshStorage } from "../suite/fresh-storage.ts";
import { soakFactor } from "../suite/soak-factor.ts";
import type { ProjectionSuiteConcurrency } from "./projection-storage-suite-options.ts";
import type {
  ProjectionOpenSettings,
  ProjectionStorageUnderTest,
  SharedAdapters,
} from "./projection-storage-under-test.ts";

/** How large the tests are. */
export type ProjectionSuiteSizes = { readonly [Size in keyof ProjectionSuiteConcurrency]-?: number };

/** What a test of the projection storage suite works with: fresh storage with one adapter open on it. */
export interface ProjectionStage {
  readonly adapter: ProjectionStorageAdapter;
  readonly store: ProjectionStore;
  /**
   * A second way to the same storage: a store on an adapter of its own where storage can be shared, otherwise another store
   * on the same adapter.
   */
  readonly otherStore: ProjectionStore;
  /** Opens another adapter on the same storage. It is closed after the test. */
  open(settings?: ProjectionOpenSettings): Promise<ProjectionStorageAdapter>;
  /** Opens an event adapter and one that shares with it; only for tests that need it. Both are closed after the test. */
  openShared(): Promise<SharedAdapters>;
  readonly sizes: ProjectionSuiteSizes;
  readonly random: Random;
}

/** What {@link withProjectionStage} builds a stage from. */
export interface ProjectionStageOptions {
  readonly create: () => Promise<ProjectionStorageUnderTest>;
  readonly sharesStorage: boolean;
  readonly concurrency: ProjectionSuiteConcurrency | undefined;
  readonly seed: number;
}

/** Builds a stage on fresh storage, runs a test on it, closes everything and removes the storage. */
export async function withProjectionStage(
  options: ProjectionStageOptions,
  play: (stage: ProjectionStage) => Promise<void>,
): Promise<void> {
  await withFreshStorage(options.create, async (storage, closeLater) =>
    play(await stageOn(storage, closeLater, options)),
  );
}

async function stageOn(
  storage: ProjectionStorageUnderTest,
  closeLater: CloseLater,
  { sharesStorage, concurrency = {}, seed }: ProjectionStageOptions,
): Promise<ProjectionStage> {
  const open = async (settings?: ProjectionOpenSettings): Promise<ProjectionStorageAdapter> => {
    const adapter = await storage.open(settings);
    closeLater(adapter);
    return adapter;
  };
  const openShared = async (): Promise<SharedAdapters> => {
    if (storage.openShared === undefined) throw new Error("The storage has no openShared, but canShare is not false.");
    const adapters = await storage.openShared();
    closeLater(adapters.events, adapters.projections);
    return adapters;
  };
  const adapter = await open();
  const other = sharesStorage ? await open() : adapter;
  const { writers = 16, repeats = 5 * soakFactor(), queries = 400 * soakFactor() } = concurrency;
  return {
    adapter,
    store: new ProjectionStore({ adapter }),
    otherStore: new ProjectionStore({ adapter: other }),
    open,
    openShared,
    sizes: { writers, repeats, queries },
    random: seededRandom(seed),
  };
}
