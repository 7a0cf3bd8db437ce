import type { ProcessingStorage, ProcessingStorageAdapter } from "@eventfold/processing";
import { type Random, seededRandom } from "../random/random.ts";
import { type CloseLater, withFreshStorage } from "../suite/fresh-storage.ts";
import { soakFactor } from "../suite/soak-factor.ts";
import type { ProcessingSuiteConcurrency } from "./processing-storage-suite-options.ts";
import type {
  ProcessingOpenSettings,
  ProcessingStorageUnderTest,
  SharedProcessingAdapters,
} from "./processing-storage-under-test.ts";

/** What a test of the processing storage suite works with: fresh storage with one adapter open on it. */
export interface ProcessingStage {
  readonly adapter: ProcessingStorageAdapter;
  /** The storage of the adapter. */
  readonly storage: ProcessingStorage;
  /** Another adapter on the same storage if that can be shared, otherwise the same adapter. */
  readonly otherAdapter: ProcessingStorageAdapter;
  /** Storages for rivals to take turns with: those of both adapters. */
  readonly storages: readonly [ProcessingStorage, ProcessingStorage];
  /** Opens another adapter on the same storage. It is closed after the test. */
  open(settings?: ProcessingOpenSettings): Promise<ProcessingStorageAdapter>;
  /** Opens an event adapter and one that shares with it; only for tests that need it. Both are closed after the test. */
  openShared(): Promise<SharedProcessingAdapters>;
  readonly sizes: { readonly [Size in keyof ProcessingSuiteConcurrency]-?: number };
  readonly random: Random;
}

/** What {@link withProcessingStage} builds a stage from. */
export interface ProcessingStageOptions {
  readonly create: () => Promise<ProcessingStorageUnderTest>;
  readonly sharesStorage: boolean;
  readonly concurrency: ProcessingSuiteConcurrency | undefined;
  readonly seed: number;
}

/** Builds a stage on fresh storage, runs a test on it, closes everything and removes the storage. */
export async function withProcessingStage(
  options: ProcessingStageOptions,
  play: (stage: ProcessingStage) => Promise<void>,
): Promise<void> {
  await withFreshStorage(options.create, async (storage, closeLater) =>
    play(await stageOn(storage, closeLater, options)),
  );
}

async function stageOn(
  storage: ProcessingStorageUnderTest,
  closeLater: CloseLater,
  { sharesStorage, concurrency = {}, seed }: ProcessingStageOptions,
): Promise<ProcessingStage> {
  const open = async (settings?: ProcessingOpenSettings): Promise<ProcessingStorageAdapter> => {
    const adapter = await storage.open(settings);
    closeLater(adapter);
    return adapter;
  };
  const openShared = async (): Promise<SharedProcessingAdapters> => {
    if (storage.openShared === undefined) throw new Error("The storage has no openShared, but canShare is not false.");
    const adapters = await storage.openShared();
    closeLater(adapters.events, adapters.processing);
    return adapters;
  };
  const adapter = await open();
  const otherAdapter = sharesStorage ? await open() : adapter;
  const { rivals = 16, repeats = 5 * soakFactor() } = concurrency;
  return {
    adapter,
    storage: adapter.storage,
    otherAdapter,
    storages: [adapter.storage, otherAdapter.storage],
    open,
    openShared,
    sizes: { rivals, repeats },
    random: seededRandom(seed),
  };
}
