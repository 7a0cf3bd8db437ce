import {
  MemoryEventStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import { EventBroker, type EventBrokerOptions, type ProcessingStorageAdapter } from "@eventfold/processing";
import { type Projection, type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { type EventCategory, EventStore } from "@eventfold/store";
import { buyerProjector, type SaleEvents } from "./sales.ts";

/** Sales, where projections of them are stored, and brokers that are stopped in the end. */
export interface ProjectionStage {
  /** What the events are stored on. */
  readonly adapter: MemoryEventStorageAdapter;
  readonly store: EventStore;
  readonly sales: EventCategory<SaleEvents>;
  readonly projections: ProjectionStore;
  /** What the projections are stored on. */
  readonly projectionAdapter: ProjectionStorageAdapter;
  readonly storage: ProcessingStorageAdapter;
  /** What brokers told, in order. */
  readonly told: unknown[];
  broker(options: Pick<EventBrokerOptions, "subscriptions"> & Partial<EventBrokerOptions>): EventBroker;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens a stage in memory, where everything shares one database. */
export async function openProjectionStage(): Promise<ProjectionStage> {
  const adapter = await MemoryEventStorageAdapter.open();
  const projectionAdapter = await MemoryProjectionStorageAdapter.open({ shareWith: adapter });
  const storage = await MemoryProcessingStorageAdapter.open({ shareWith: adapter });
  const store = new EventStore({ adapter });
  const brokers: EventBroker[] = [];
  const told: unknown[] = [];
  return {
    adapter,
    store,
    sales: store.category<SaleEvents>("sales"),
    projections: new ProjectionStore({ adapter: projectionAdapter }),
    projectionAdapter,
    storage,
    told,
    broker(options) {
      const onError = (error: unknown) => told.push(error);
      const broker = new EventBroker({ name: `node-${brokers.length + 1}`, storage, onError, ...options });
      brokers.push(broker);
      return broker;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(brokers.map((broker) => broker.stop({ timeoutMs: 100 })));
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
