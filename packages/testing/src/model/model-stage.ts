import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import type { StorageUnderTest } from "../event-storage/storage-under-test.ts";
import { EventModel } from "./event-model.ts";
import { ProgramWorld } from "./program-world.ts";

/** Storage with its adapters and stores, and the model of what is in it. */
export interface ModelStage {
  readonly world: ProgramWorld;
  readonly model: EventModel;
  readonly adapter: EventStorageAdapter;
  /** One store per adapter: the same one twice where the storage cannot be shared. */
  readonly stores: readonly EventStore[];
  /** Closes an adapter and opens another one in its place. Does nothing if what was stored would be lost. */
  reopen(adapter: number): Promise<void>;
}

/** Lends storage to programs: several use the same storage, one after another, until one fails. */
export class ModelStages {
  readonly #create: () => Promise<StorageUnderTest>;
  readonly #programsPerStorage: number;
  #storage: OpenStorage | undefined;
  #programs = 0;

  constructor(create: () => Promise<StorageUnderTest>, programsPerStorage: number) {
    this.#create = create;
    this.#programsPerStorage = programsPerStorage;
  }

  /** Runs a program on storage that is empty, or in which earlier programs left events of other categories. */
  async play(program: (stage: ModelStage) => Promise<void>): Promise<void> {
    this.#storage ??= await OpenStorage.open(await this.#create());
    this.#programs += 1;
    try {
      await program(this.#storage.stage(`p${this.#programs}`));
      if (this.#programs % this.#programsPerStorage === 0) await this.end();
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Closes and removes what is open. */
  async end(): Promise<void> {
    const storage = this.#storage;
    this.#storage = undefined;
    await storage?.dispose();
  }
}

class OpenStorage {
  readonly #storage: StorageUnderTest;
  readonly #adapters: EventStorageAdapter[];
  readonly #model = new EventModel();

  private constructor(storage: StorageUnderTest, adapters: EventStorageAdapter[]) {
    this.#storage = storage;
    this.#adapters = adapters;
  }

  static async open(storage: StorageUnderTest): Promise<OpenStorage> {
    const first = await storage.open();
    return new OpenStorage(storage, first.capabilities.sharedStorage ? [first, await storage.open()] : [first]);
  }

  stage(program: string): ModelStage {
    const adapters = this.#adapters;
    const stores = adapters.map((adapter) => new EventStore({ adapter }));
    const adapterAt = (index: number): EventStorageAdapter => adapters[index % adapters.length] as EventStorageAdapter;
    return {
      world: new ProgramWorld(program),
      model: this.#model,
      adapter: adapterAt(0),
      stores,
      reopen: async (number) => {
        const index = number % adapters.length;
        if (!adapterAt(index).capabilities.durable) return;
        await adapterAt(index).close();
        adapters[index] = await this.#storage.open();
        stores[index] = new EventStore({ adapter: adapterAt(index) });
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#adapters.map((adapter) => adapter.close()));
    await this.#storage.dispose();
  }
}
