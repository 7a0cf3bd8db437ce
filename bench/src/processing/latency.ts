import { EventBroker, subscription } from "@eventfold/processing";
import { nameIn } from "@eventfold/store";
import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";
import { openProcessedPostgres } from "./databases.ts";

const ONE: Load = { callers: 1, unitsPerCall: 1, forMs: 1_500 };

/** Publishes an event on PostgreSQL, waits until it has come to an idle handler, and counts the time from the acknowledgement on. */
export function wakingHandler(name: string, { filtered }: { readonly filtered: boolean }): Candidate {
  return {
    name,
    async start() {
      const { store, storage, dispose } = await openProcessedPostgres();
      let arrived = Promise.withResolvers<void>();
      const waking = subscription({
        name: "waking",
        source: store.log(),
        constraints: filtered ? [nameIn("order-placed")] : [],
        startFrom: "end",
        handleEvent: () => arrived.resolve(),
      });
      const broker = new EventBroker({ name: "node", storage, subscriptions: [waking] });
      await broker.start();
      const publishAndWait = async (): Promise<number> => {
        arrived = Promise.withResolvers();
        await store.stream({ category: "orders", stream: freshStream() }).publish({ events: sampleEvents(1) });
        const acknowledged = performance.now();
        await arrived.promise;
        return performance.now() - acknowledged;
      };
      return {
        async measure() {
          const waits: number[] = [];
          const { units } = await timeBoxed(ONE, async () => waits.push(await publishAndWait()));
          return { units, elapsedMs: waits.reduce((sum, wait) => sum + wait, 0) };
        },
        async dispose() {
          await broker.stop();
          await dispose();
        },
      };
    },
  };
}
