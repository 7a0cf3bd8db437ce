import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { type Random, seededRandom } from "../random/random.ts";
import type { Pace } from "../suite/pace.ts";
import { pacedAdapter } from "./paced-adapter.ts";
import type { OpenSettings, StorageUnderTest } from "./storage-under-test.ts";
import type { SuiteSizes } from "./suite-sizes.ts";
import { type WakeUpLimit, WakeUpWatch } from "./wake-up-watch.ts";

/** What a test of the event storage suite works with: fresh storage with one adapter open on it. */
export interface StorageStage {
  readonly adapter: EventStorageAdapter;
  readonly store: EventStore;
  /**
   * A second way to the same storage: a store on an adapter of its own where storage can be shared, otherwise another
   * store on the same adapter.
   */
  readonly otherStore: EventStore;
  /** Opens another adapter on the same storage. It is closed after the test. */
  open(settings?: OpenSettings): Promise<EventStorageAdapter>;
  /** Cuts the connections to the storage; only for tests that need it. */
  cutConnections(): Promise<void>;
  readonly sizes: SuiteSizes;
  readonly random: Random;
}

/** What {@link withStorageStage} builds a stage from. */
export interface StorageStageOptions {
  readonly create: () => Promise<StorageUnderTest>;
  readonly sharesStorage: boolean;
  readonly sizes: SuiteSizes;
  readonly seed: number;
  readonly wakeUpLimit: WakeUpLimit;
}

/** Builds a stage on fresh storage, runs a test on it, closes everything and removes the storage. */
export async function withStorageStage(
  options: StorageStageOptions,
  play: (stage: StorageStage) => Promise<void>,
  pace: Pace,
): Promise<void> {
  const storage = await options.create();
  const opened: EventStorageAdapter[] = [];
  const watch = { pace, wakeUps: new WakeUpWatch(pace, options.wakeUpLimit) };
  const open = async (settings?: OpenSettings): Promise<EventStorageAdapter> => {
    const adapter = await storage.open(settings);
    opened.push(adapter);
    return pacedAdapter(adapter, watch);
  };
  try {
    await play(await stageOn(storage, open, options));
  } finally {
    await Promise.all(opened.map((adapter) => adapter.close()));
    await storage.dispose();
  }
}

async function stageOn(
  storage: StorageUnderTest,
  open: StorageStage["open"],
  { sharesStorage, sizes, seed }: StorageStageOptions,
): Promise<StorageStage> {
  const adapter = await open();
  const other = sharesStorage ? await open() : adapter;
  return {
    adapter,
    store: new EventStore({ adapter }),
    otherStore: new EventStore({ adapter: other }),
    open,
    cutConnections: async () => storage.cutConnections?.(),
    sizes,
    random: seededRandom(seed),
  };
}
