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
              isClosed ? Promise.reject(new Error("The connection is closed.")) : handle.storage.save(request),
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
      return keptStorage({ wrap: (handle) => losing(handle, lost, ({ events }) => events.flat()) });
    },
  },
  {
    rule: 20,
    fault: "has kept only the first stream of a publish to several when it is opened again",
    create: async () => {
      const lost = new Set<string>();
      const others: Unwritten = ({ events, before }) => [...before, ...events.slice(1).flat()];
      return keptStorage({ wrap: (handle) => losing(handle, lost, others) });
    },
  },
  {
    rule: 20,
    fault: "begins the sequence numbers anew when it is opened again",
    create: () =>
      keptStorage({
        wrap: async (handle) => {
          const before = (await handle.storage.latest({ kind: "log" }))?.sequenceNumber ?? 0;
          const renumbered = (event: StoredEvent): StoredEvent => ({
            ...event,
            sequenceNumber: Math.abs(event.sequenceNumber - before),
          });
          return changedAdapter(handle, readsThrough(handle.storage, renumbered));
        },
      }),
  },
  {
    rule: 20,
    fault: "has forgotten the ids when it is opened again",
    create: () =>
      keptStorage({
        wrap: (handle, opened) =>
          opened < 2 ? handle : changedAdapter(handle, { save: (request) => handle.storage.save(renamed(request)) }),
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
            : changedAdapter(handle, {
                scan: (source, options) => handle.storage.scan(source, { ...options, limit: 50 }),
              }),
      }),
  },
];

/** What is not written out after a publish: of its events, per stream, and of what was not before it. */
type Unwritten = (publish: {
  readonly events: readonly (readonly StoredEvent[])[];
  readonly before: readonly StoredEvent[];
}) => readonly StoredEvent[];

/** An adapter that loses what is not written out when it is closed. */
function losing(handle: EventStorageAdapter, lost: Set<string>, unwritten: Unwritten): EventStorageAdapter {
  let left: readonly StoredEvent[] = [];
  return changedAdapter(handle, {
    save: async (request) => {
      const result = await handle.storage.save(request);
      if (result.kind === "stored") left = unwritten({ events: result.events, before: left });
      return result;
    },
    scan: async function* (source, options) {
      for await (const page of handle.storage.scan(source, options)) {
        const kept = page.filter(({ id }) => !lost.has(id));
        if (kept.length > 0) yield kept;
      }
    },
    close: async () => {
      for (const { id } of left) lost.add(id);
      await handle.close();
    },
  });
}
