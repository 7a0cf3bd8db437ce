import type { EventStorageAdapter, StoredEvent } from "@eventfold/store";
import type { BrokenStorage } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";
import { readsThrough } from "../changed-reads.ts";
import { keptStorage } from "../kept-storage.ts";
import { renamed } from "./identity.ts";

/** What is wrong with storages that are opened again, or by several at once: rules 7, 19 and 20. */
export const brokenStorages: readonly BrokenStorage[] = [
  {
    rule: 7,
    fault: "opens a log with any guarantee that is asked for",
    create: () => keptStorage({ comparesGuarantee: false }),
  },
  {
    rule: 19,
    fault: "closes the storage under the other adapters",
    create: async () => {
      let isClosed = false;
      return keptStorage({
        wrap: (handle) =>
          changedAdapter(handle, {
            save: (request) =>
              isClosed ? Promise.reject(new Error("The connection is closed.")) : handle.save(request),
            close: async () => {
              isClosed = true;
              await handle.close();
            },
          }),
      });
    },
  },
  {
    rule: 20,
    fault: "has lost the last publish when it is opened again",
    create: async () => {
      const lost = new Set<string>();
      return keptStorage({ wrap: (handle) => losingTheLast(handle, lost) });
    },
  },
  {
    rule: 20,
    fault: "begins the sequence numbers anew when it is opened again",
    create: () =>
      keptStorage({
        wrap: async (handle) => {
          const before = (await handle.latest({ kind: "log" }))?.sequenceNumber ?? 0;
          const renumbered = (event: StoredEvent): StoredEvent => ({
            ...event,
            sequenceNumber: Math.abs(event.sequenceNumber - before),
          });
          return changedAdapter(handle, readsThrough(handle, renumbered));
        },
      }),
  },
  {
    rule: 20,
    fault: "has forgotten the ids when it is opened again",
    create: () =>
      keptStorage({
        wrap: (handle, opened) =>
          opened < 2 ? handle : changedAdapter(handle, { save: (request) => handle.save(renamed(request)) }),
      }),
  },
  {
    rule: 20,
    fault: "keeps what is not yet written out in the adapter, where others do not see it",
    create: () =>
      keptStorage({
        wrap: (handle, opened) =>
          opened < 2
            ? handle
            : changedAdapter(handle, { scan: (source, options) => handle.scan(source, { ...options, limit: 50 }) }),
      }),
  },
];

/** An adapter that loses its last publish when it is closed. */
function losingTheLast(handle: EventStorageAdapter, lost: Set<string>): EventStorageAdapter {
  let last: readonly StoredEvent[] = [];
  return changedAdapter(handle, {
    save: async (request) => {
      const result = await handle.save(request);
      if (result.kind === "stored") last = result.events.flat();
      return result;
    },
    scan: async function* (source, options) {
      for await (const page of handle.scan(source, options)) {
        const kept = page.filter(({ id }) => !lost.has(id));
        if (kept.length > 0) yield kept;
      }
    },
    close: async () => {
      for (const { id } of last) lost.add(id);
      await handle.close();
    },
  });
}
