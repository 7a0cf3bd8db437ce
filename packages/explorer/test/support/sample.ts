import {
  EventBroker,
  type ProcessingStorageAdapter,
  retry,
  type Subscription,
  subscription,
} from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore, projectorFor } from "@eventfold/projections";
import { causedBy, type EventStorageAdapter, EventStore, nameIn } from "@eventfold/store";
import type { ExplorerOptions } from "../../src/index.ts";

export type OrderEvents = {
  "order-placed": { customer: string; total: number };
  "item-added": { sku: string; price: number };
  "order-paid": { amount: number };
};

export interface Order {
  readonly customer: string;
  readonly items: readonly { readonly sku: string; readonly price: number }[];
  readonly paid: number;
}

export const orderProjector = projectorFor<Order, OrderEvents>()({
  name: "order",
  initialState: () => ({ customer: "", items: [], paid: 0 }),
  handlers: {
    "order-placed": (state, { payload }) => ({ ...state, customer: payload.customer }),
    "item-added": (state, { payload }) => ({ ...state, items: [...state.items, payload] }),
    "order-paid": (state, { payload }) => ({ ...state, paid: state.paid + payload.amount }),
  },
});

/** Text that would do harm as markup, and text that shows itself as something else. */
export const MARKUP = `<img src=x onerror="document.title='run'"><script>document.title="run"</script>`;
export const REVERSED = "invoice\u202egnp.exe\u200b\u200b\u200b";

const CUSTOMERS = ["Ada", "Ben", "Cleo", "Dina", "Emil", "Fay"];
const START = Date.UTC(2026, 2, 2, 8);

/** What an explorer is given in tests: adapters that are open, a subscription with parked events, projections. */
export interface Sample extends AsyncDisposable {
  readonly store: EventStore;
  readonly subscriptions: readonly Subscription[];
  readonly options: ExplorerOptions;
}

/** Adapters that are open on one database. */
export interface OpenAdapters {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
  /** Ends what the database needs besides. */
  readonly close?: () => Promise<void>;
}

/** Fills a database with orders, one every twenty minutes; the invoices of two of them could not be sent. */
export async function openSample({ events, projections, processing, close }: OpenAdapters): Promise<Sample> {
  const store = new EventStore({ adapter: events });
  const projectionStore = new ProjectionStore({ adapter: projections });
  for (let n = 0; n < 40; n += 1) await placeOrder(store, n);
  const orders = store.category<OrderEvents>("orders");
  for await (const { stream } of orders.streams()) {
    await projectionStore.save(await orderProjector.project(store.stream<OrderEvents>({ category: "orders", stream })));
  }
  const invoices = subscription({
    name: "invoices",
    source: orders,
    constraints: [nameIn("order-paid")],
    partitions: 2,
    handleEvent: async ({ stream }) => {
      if (stream === "order-7") throw new Error(`No address is known for ${MARKUP}.`);
      if (stream === "order-9") throw new Error("The printer is out of paper.");
    },
    onFailure: retry({ times: 0 }).then("park"),
  });
  const broker = new EventBroker({ name: "worker-1", storage: processing, subscriptions: [invoices] });
  await broker.start();
  await broker.whenHandled(invoices, await orders.read());
  await broker.stop();
  return {
    store,
    subscriptions: [invoices],
    options: { events, projections, processing, projectors: [orderProjector], subscriptions: [invoices] },
    async [Symbol.asyncDispose]() {
      await processing.close();
      await projections.close();
      await events.close();
      await close?.();
    },
  };
}

/** Places an order, adds items and pays: what follows names what caused it. */
async function placeOrder(store: EventStore, n: number): Promise<void> {
  const stream = store.stream<OrderEvents>({ category: "orders", stream: `order-${n}` });
  const at = (minutes: number) => new Date(START + (20 * n + minutes) * 60_000);
  const customer = CUSTOMERS[n % CUSTOMERS.length] ?? "";
  const metadata = { correlationId: `request-${n}`, actor: n % 3 === 0 ? "web" : "shop" };
  const [placed] = await stream.publish({
    events: [{ name: "order-placed", payload: { customer, total: 30 + n }, metadata, observedAt: at(0) }],
  });
  const causes = placed === undefined ? metadata : causedBy(placed, { actor: "cart" });
  const items = Array.from({ length: 1 + (n % 3) }, (_, item) => ({
    sku: `sku-${(7 * n + item) % 11}`,
    price: 10 + item,
  }));
  for (const [index, payload] of items.entries())
    await stream.publish({ events: [{ name: "item-added", payload, metadata: causes, observedAt: at(1 + index) }] });
  const paid = {
    name: "order-paid",
    payload: { amount: 30 + n },
    metadata: causes,
    observedAt: at(9),
    occurredAt: at(8),
  } as const;
  await stream.publish({ events: [paid] });
}
