import type { NewEvent, StoredEvent } from "@eventfold/store";
import type { StorageStage } from "../storage-stage.ts";
import { inTransaction } from "./in-transaction.ts";
import { someEvents } from "./some-events.ts";

/** A transaction that is open, with one event published in it. */
export interface HeldTransaction {
  readonly event: StoredEvent;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** Begins a transaction, publishes an event in it, and holds it open. Without `events` it is any event. */
export async function heldTransaction(
  { adapter, store }: Pick<StorageStage, "adapter" | "store">,
  {
    category,
    stream,
    events = someEvents(1),
  }: { readonly category: string; readonly stream: string; readonly events?: readonly NewEvent[] },
): Promise<HeldTransaction> {
  const own = new Error("rolled back");
  const published = Promise.withResolvers<StoredEvent>();
  const mayCommit = Promise.withResolvers<void>();
  const ended = inTransaction(adapter, async (tx) => {
    const [event] = await store.within(tx).stream({ category, stream }).publish({ events });
    published.resolve(event as StoredEvent);
    await mayCommit.promise;
  });
  ended.catch(published.reject);
  const event = await published.promise;
  return {
    event,
    commit: () => {
      mayCommit.resolve();
      return ended;
    },
    rollBack: async () => {
      mayCommit.reject(own);
      await ended.catch((error) => {
        if (error !== own) throw error;
      });
    },
  };
}
