import { projectionSubscription, type Transactional } from "@eventfold/processing";
import { type ProjectionStore, projectorFor } from "@eventfold/projections";
import { type EventStore, newEvent, type StoredEvent, type Transaction } from "@eventfold/store";
import type { DeliveryWorkload } from "./delivery-workload.ts";
import { publishAtLast } from "./publish-at-last.ts";

/** A subscription of projections for the brokers of a chaos run, and the events that are published meanwhile. */
export interface ProjectionWorkload extends DeliveryWorkload {
  /** For the promises of `assertDelivery`: events are in order for each projection, whatever their streams. */
  readonly partitionBy: (event: StoredEvent) => string;
}

/** Where the projections of a workload are stored, and how. */
export interface ProjectionWorkloadOptions {
  readonly store: EventStore;
  readonly projectionStore: ProjectionStore;
  /**
   * The adapter of the store, with which the projections and the brokers' storage share their database: what is folded and the checkpoints
   * are committed together then. Default: they are stored separately, and what was folded already is passed over.
   */
  readonly transactions?: Transactional<Transaction> | undefined;
}

type OrderEvents = { readonly ordered: { readonly customer: string; readonly n: number } };

interface Customer {
  /** The ids of all events that were folded into it, in order. */
  readonly ids: readonly string[];
}

/** How many streams there are. */
const SHOPS = 7;

/** How many customers order at a time, each in several shops, and after how many publishes others come, so that no state grows for ever. */
const CUSTOMERS = 40;
const PUBLISHES = 1_000;

const customerProjector = projectorFor<Customer, OrderEvents>()({
  name: "customer",
  source: "category",
  key: ({ payload }) => payload.customer,
  initialState: () => ({ ids: [] }),
  handlers: { ordered: ({ ids }, { id }) => ({ ids: [...ids, id] }) },
});

/**
 * A subscription of projections like that of an application. Its effects are what the projections hold: each remembers the ids of the events
 * that were folded into it, one for each time. So an event that is folded twice, or lost, shows.
 *
 * @example
 * ```ts
 * const workload = projectionWorkload({ store, projectionStore });
 * const { publish, subscription, partitionBy } = workload;
 * const { records, status } = await runBrokerChaos({ script, storage, publish, subscription: subscription.name });
 * const promises = { effects: await workload.effects(), partitionBy };
 * assertDelivery(records, { log: await workload.log(), status, promises });
 * ```
 */
export function projectionWorkload({
  store,
  projectionStore,
  transactions,
}: ProjectionWorkloadOptions): ProjectionWorkload {
  const orders = store.category<OrderEvents>("orders");
  let published = 0;
  return {
    subscription: projectionSubscription({
      projector: customerProjector,
      source: orders,
      projectionStore,
      partitions: 8,
      transactions,
    }),
    partitionBy: (event) => customerProjector.keysOf(event as never)[0] ?? "",
    async publish() {
      published += 1;
      const stream = orders.stream(`shop-${published % SHOPS}`);
      const generation = Math.floor(published / PUBLISHES);
      const events = Array.from({ length: 5 }, (_, n) => {
        const customer = `customer-${generation}-${(published * 3 + n) % CUSTOMERS}`;
        return newEvent({ name: "ordered" as const, payload: { customer, n } });
      });
      const stored = await publishAtLast(() => stream.publish({ events }));
      return stored.at(-1)?.sequenceNumber ?? 0;
    },
    log: () => orders.read(),
    async effects() {
      const effects: string[] = [];
      const { version: projectorVersion } = customerProjector;
      for await (const { state } of projectionStore.of(customerProjector).all({}, { projectorVersion })) {
        effects.push(...state.ids);
      }
      return effects;
    },
  };
}
