import {
  type EventContext,
  exponentialBackoff,
  retry,
  type Subscription,
  subscription,
  type Transactional,
} from "@eventfold/processing";
import { type EventStore, newEvent, type StoredEvent, type Transaction } from "@eventfold/store";
import type { AnyEvents } from "@eventfold/types";
import { publishAtLast } from "./publish-at-last.ts";

/** A subscription for the brokers of a chaos run, and the events that are published meanwhile. */
export interface DeliveryWorkload {
  /** It has eight partitions. */
  readonly subscription: Subscription;
  /** Publishes some events to one of its streams, and returns the sequence number of the last one. */
  publish(): Promise<number>;
  /** All that was published to its streams. */
  log(): Promise<readonly StoredEvent[]>;
  /** The ids of the events that have an effect, one for each effect. */
  effects(): Promise<readonly string[]>;
}

/** How the handler of a workload stores its effects. */
export interface DeliveryWorkloadOptions {
  /**
   * The adapter of the store, which the brokers' storage shares its database with: effects have ids of their own then, and are
   * stored in the transactions of the handler. Default: they are published by themselves.
   */
  readonly transactions?: Transactional<Transaction> | undefined;
}

/** How many streams there are. */
const STREAMS = 40;

/** In each stream, the event of this number cannot be handled. */
const POISON = 7;

/**
 * A subscription like that of an application: for each event the handler publishes another one, its effect, under an id that is
 * derived from the event, so that it is stored once however often the event is handled. One event of each stream fails and is parked.
 * With `transactions` nothing but the transaction keeps an effect from being stored twice; give `assertDelivery` the promise
 * `transactions` then.
 *
 * @example
 * ```ts
 * const workload = deliveryWorkload(store);
 * const { publish, subscription } = workload;
 * const { records, status } = await runBrokerChaos({ script, storage, publish, subscription: subscription.name });
 * assertDelivery(records, { log: await workload.log(), status, promises: { effects: await workload.effects() } });
 * ```
 */
export function deliveryWorkload(store: EventStore, { transactions }: DeliveryWorkloadOptions = {}): DeliveryWorkload {
  const things = store.category("things");
  const effects = store.category("effects");
  let published = 0;
  const storeEffect = transactions === undefined ? publishAlone : publishInTransaction;
  return {
    subscription: subscription<AnyEvents, Transaction>({
      name: "things",
      source: things,
      partitions: 8,
      onFailure: retry({ times: 5, backoff: exponentialBackoff({ firstMs: 5, longestMs: 100 }) }).then("park"),
      transactions,
      handleEvent: async (event, context) => {
        await storeEffect(store, event, context);
        if (event.position === POISON) throw new Error("This event cannot be handled.");
      },
    }),
    async publish() {
      published += 1;
      const stream = store.stream({ category: "things", stream: `thing-${published % STREAMS}` });
      const events = Array.from({ length: 5 }, (_, n) => newEvent({ name: "happened", payload: { published, n } }));
      const stored = await publishAtLast(() => stream.publish({ events }));
      return stored.at(-1)?.sequenceNumber ?? 0;
    },
    log: () => things.read(),
    effects: async () => (await effects.read()).map(({ payload }) => String(payload)),
  };
}

async function publishAlone(
  store: EventStore,
  { id: payload, stream, position }: StoredEvent,
  { eventId }: EventContext<Transaction>,
): Promise<void> {
  if (position === POISON) return;
  await store.stream({ category: "effects", stream }).publish({
    events: [{ id: eventId(0), name: "handled", payload }],
  });
}

/** Half of them at once, half of them when the handler has returned. */
async function publishInTransaction(
  store: EventStore,
  { id: payload, stream, position }: StoredEvent,
  { transaction, publish }: EventContext<Transaction>,
): Promise<void> {
  const events = [newEvent({ name: "handled", payload })];
  if (position % 2 === 0) return publish(store, [{ category: "effects", stream, events }]);
  const within = store.within(await transaction());
  await within.stream({ category: "effects", stream }).publish({ events });
}
