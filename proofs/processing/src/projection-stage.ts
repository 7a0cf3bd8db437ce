import {
  MemoryEventStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import type { ProcessingStorageAdapter } from "@eventfold/processing";
import { type Projection, type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { type EventCategory, EventStore } from "@eventfold/store";
import { type Brokers, brokersOn } from "./brokers.ts";
import { buyerProjector, type SaleEvents } from "./sales.ts";

/** Sales, where projections of them are stored, and brokers that are stopped in the end. */
export interface ProjectionStage extends Pick<Brokers, "told" | "broker"> {
  /** What the events are stored on. */
  readonly adapter: MemoryEventStorageAdapter;
  readonly store: EventStore;
  readonly sales: EventCategory<SaleEvents>;
  readonly projections: ProjectionStore;
  /** What the projections are stored on. */
  readonly projectionAdapter: ProjectionStorageAdapter;
  readonly storage: ProcessingStorageAdapter;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage in memory, where everything shares one database. */
export async function openProjectionStage(): Promise<ProjectionStage> {
  const adapter = await MemoryEventStorageAdapter.open();
  const projectionAdapter = await MemoryProjectionStorageAdapter.open({ shareWith: adapter });
  const storage = await MemoryProcessingStorageAdapter.open({ shareWith: adapter });
  const store = new EventStore({ adapter });
  const { told, broker, stopAll } = brokersOn(storage);
  return {
    adapter,
    store,
    sales: store.category<SaleEvents>("sales"),
    projections: new ProjectionStore({ adapter: projectionAdapter }),
    projectionAdapter,
    storage,
    told,
    broker,
    async [Symbol.asyncDispose]() {
      await stopAll();
      await storage.close();
      await projectionAdapter.close();
      await adapter.close();
    },
  };
}

/** What is stored of every buyer, by their names. */
export async function storedBuyers(projections: ProjectionStore): Promise<readonly Projection[]> {
  const stored: Projection[] = [];
  const { version: projectorVersion } = buyerProjector;
  for await (const projection of projections.of(buyerProjector).all({}, { projectorVersion })) stored.push(projection);
  return byId(stored);
}

/** What every buyer comes to when the whole log is folded. */
export async function foldedBuyers(sales: EventCategory<SaleEvents>): Promise<readonly Projection[]> {
  return byId(await buyerProjector.projectMany(sales));
}

function byId(projections: readonly Projection[]): readonly Projection[] {
  return projections.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
