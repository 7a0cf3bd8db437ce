import { EventBroker, type Subscription, subscription } from "@eventfold/processing";
import { type EventStore, streamIsEmpty } from "@eventfold/store";
import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";
import { fillStreams, openProcessedPostgres } from "./databases.ts";

const LOAD: Load = { callers: 8, unitsPerCall: 1, forMs: 1_500 };
const FOLLOW_UPS = 200_000;

/** What other publishers get through on PostgreSQL, alone or beside a broker whose handler publishes an event for each that it handles. */
export function publishingBeside(name: string, { hasBroker }: { readonly hasBroker: boolean }): Candidate {
  return {
    name,
    async start() {
      const { store, storage, dispose } = await openProcessedPostgres();
      if (hasBroker) await fillStreams(store, FOLLOW_UPS);
      const broker = new EventBroker({ name: "node", storage, subscriptions: [answering(store)] });
      if (hasBroker) await broker.start();
      const publish = () =>
        store
          .stream({ category: "orders", stream: freshStream() })
          .publish({ events: sampleEvents(1), condition: streamIsEmpty() });
      return {
        measure: () => timeBoxed(LOAD, publish),
        async dispose() {
          await broker.stop({ timeoutMs: 0 });
          await dispose();
        },
      };
    },
  };
}

/** Publishes an event in consequence of each. */
function answering(store: EventStore): Subscription {
  return subscription({
    name: "answering",
    source: store.category("orders"),
    handleEvent: async ({ stream }, { eventId }) => {
      await store
        .stream({ category: "answers", stream })
        .publish({ events: [{ id: eventId(0), name: "order-seen", payload: null }] });
    },
  });
}
