import type { KeyStorage, KeyStorageAdapter } from "@eventfold/events";
import { type Random, seededRandom } from "../random/random.ts";
import { type CloseLater, withFreshStorage } from "../suite/fresh-storage.ts";
import { soakFactor } from "../suite/soak-factor.ts";
import type { KeySuiteConcurrency } from "./key-storage-suite-options.ts";
import type { KeyStorageUnderTest, SharedKeyAdapters } from "./key-storage-under-test.ts";

/** What a test of the key storage suite works with: fresh storage with one adapter open on it. */
export interface KeyStage {
  readonly adapter: KeyStorageAdapter;
  /** The storage of the adapter. */
  readonly storage: KeyStorage;
  /** Storages for rivals to take turns with: that of the adapter, and that of another one on the same storage if it can be shared. */
  readonly storages: readonly [KeyStorage, KeyStorage];
  /** Opens another adapter on the same storage. It is closed after the test. */
  open(): Promise<KeyStorageAdapter>;
  /** Opens an event adapter and one that shares with it; only for tests that need it. Both are closed after the test. */
  openShared(): Promise<SharedKeyAdapters>;
  readonly sizes: { readonly [Size in keyof KeySuiteConcurrency]-?: number };
  readonly random: Random;
}

/** What {@link withKeyStage} builds a stage from. */
export interface KeyStageOptions {
  readonly create: () => Promise<KeyStorageUnderTest>;
  readonly sharesStorage: boolean;
  readonly concurrency: KeySuiteConcurrency | undefined;
  readonly seed: number;
}

/** Builds a stage on fresh storage, runs a test on it, closes everything and removes the storage. */
export async function withKeyStage(options: KeyStageOptions, play: (stage: KeyStage) => Promise<void>): Promise<void> {
  await withFreshStorage(options.create, async (storage, closeLater) =>
    play(await stageOn(storage, closeLater, options)),
  );
}

async function stageOn(
  storage: KeyStorageUnderTest,
  closeLater: CloseLater,
  { sharesStorage, concurrency = {}, seed }: KeyStageOptions,
): Promise<KeyStage> {
  const open = async (): Promise<KeyStorageAdapter> => {
    const adapter = await storage.open();
    closeLater(adapter);
    return adapter;
  };
  const openShared = async (): Promise<SharedKeyAdapters> => {
    if (storage.openShared === undefined) throw new Error("The storage has no openShared, but canShare is not false.");
    const adapters = await storage.openShared();
    closeLater(adapters.events, adapters.keys);
    return adapters;
  };
  const adapter = await open();
  const other = sharesStorage ? await open() : adapter;
  const { rivals = 16, repeats = 10 * soakFactor() } = concurrency;
  return {
    adapter,
    storage: adapter.storage,
    storages: [adapter.storage, other.storage],
    open,
    openShared,
    sizes: { rivals, repeats },
    random: seededRandom(seed),
  };
}
