import type { StoredEvent } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter, changedStorage, transactionOf } from "../changed-adapter.ts";
import { until } from "../until.ts";

/** What is wrong with the transactions of these. */
export const brokenTransactions: readonly BrokenAdapter[] = [
  {
    rule: "transactions",
    fault: "shows readers outside what is not committed",
    wrap: (beneath) => {
      let inside: EventStorage | undefined;
      const current = (): EventStorage => inside ?? beneath.storage;
      return changedAdapter(beneath, {
        latest: (source) => current().latest(source),
        eventById: (id) => current().eventById(id),
        scan: (source, options) => current().scan(source, options),
        transaction: (work) =>
          transactionOf(beneath)(async (transaction) => {
            inside = transaction.storage;
            try {
              return await work(transaction);
            } finally {
              inside = undefined;
            }
          }),
      });
    },
  },
  {
    rule: "transactions",
    fault: "finds uncommitted events by id from outside",
    wrap: (beneath) => {
      let inside: EventStorage | undefined;
      return changedAdapter(beneath, {
        eventById: (id) => (inside ?? beneath.storage).eventById(id),
        transaction: (work) =>
          transactionOf(beneath)((transaction) => {
            inside = transaction.storage;
            return work(transaction).finally(() => {
              inside = undefined;
            });
          }),
      });
    },
  },
  {
    rule: "transactions",
    fault: "waits for a transaction in which nothing is done",
    isWaitedFor: true,
    wrap: (beneath) => changedAdapter(beneath, { transaction: (work) => transactionOf(beneath)(work) }),
  },
  {
    rule: "transactions",
    fault: "commits when the work rejects",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: async (work) => {
          const outcome = await transactionOf(beneath)((transaction) =>
            work(transaction).then(
              (value) => ({ value }),
              (error: unknown) => ({ error }),
            ),
          );
          if ("error" in outcome) throw outcome.error;
          return outcome.value;
        },
      }),
  },
  {
    rule: "transactions",
    fault: "rejects with an error of its own when the work rejects",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work) =>
          transactionOf(beneath)(work).catch((cause: unknown) => {
            throw new Error("rolled back", { cause });
          }),
      }),
  },
  {
    rule: "transactions",
    fault: "writes at once, outside the transaction",
    wrap: (beneath) => changedAdapter(beneath, { transaction: (work) => work({ storage: beneath.storage }) }),
  },
  {
    rule: "transactions",
    fault: "can be used after its end",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work) => {
          let hasEnded = false;
          const run = transactionOf(beneath)(({ storage }) =>
            work({
              storage: changedStorage(
                beneath.storage,
                storageMembers(() => (hasEnded ? beneath.storage : storage)),
              ),
            }),
          );
          return run.finally(() => {
            hasEnded = true;
          });
        },
      }),
  },
  {
    rule: "transactions",
    fault: "waits for itself when a publish is made on the outer store",
    isWaitedFor: true,
    wrap: (beneath) => {
      let isOpen = false;
      return changedAdapter(beneath, {
        save: async (request) => {
          await until(() => !isOpen);
          return beneath.storage.save(request);
        },
        transaction: (work) =>
          transactionOf(beneath)((transaction) => {
            isOpen = true;
            return work(transaction).finally(() => {
              isOpen = false;
            });
          }),
      });
    },
  },
  {
    rule: "transactions",
    fault: "mixes publishes that are made at once",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        transaction: (work) =>
          transactionOf(beneath)(({ storage }) => {
            const save: EventStorage["save"] = async ({ writes }) => {
              const events: StoredEvent[][] = writes.map(() => []);
              for (const [index, write] of writes.entries()) {
                for (const [place, event] of write.events.entries()) {
                  const allowed = place === 0 ? write.allowed : undefined;
                  const result = await storage.save({ writes: [{ ...write, events: [event], allowed }] });
                  if (result.kind !== "stored") return result;
                  events[index]?.push(...result.events.flat());
                  await new Promise(setImmediate);
                }
              }
              return { kind: "stored", events };
            };
            return work({ storage: changedStorage(beneath.storage, { ...storageMembers(() => storage), save }) });
          }),
      }),
  },
];

function storageMembers(current: () => EventStorage): Partial<EventStorage> {
  return {
    save: (request) => current().save(request),
    latest: (source) => current().latest(source),
    eventById: (id) => current().eventById(id),
    scan: (source, options) => current().scan(source, options),
    categories: (options) => current().categories(options),
    streams: (category, options) => current().streams(category, options),
  };
}
