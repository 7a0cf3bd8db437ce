import type { StoredEvent } from "@eventfold/store";
import type { StorageStage } from "../storage-stage.ts";
import { inTransaction } from "./in-transaction.ts";
import { someEvents } from "./some-events.ts";

/** A transaction that is open, with one event published in it. */
export interface HeldTransaction {
  readonly event: StoredEvent;
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** Begins a transaction, publishes an event in it, and holds it open. */
export async function heldTransaction(
  { adapter, store }: Pick<StorageStage, "adapter" | "store">,
  names: { readonly category: string; readonly stream: string },
): Promise<HeldTransaction> {
  const own = new Error("rolled back");
  const published = Promise.withResolvers<StoredEvent>();
  const mayCommit = Promise.withResolvers<void>();
  const ended = inTransaction(adapter, async (tx) => {
    const [event] = await store
      .within(tx)
      .stream(names)
      .publish({ events: someEvents(1) });
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
