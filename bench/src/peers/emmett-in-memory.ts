import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { loadPeer } from "../peer-installation.ts";
import { freshStream } from "../sample-events.ts";
import { type EmmettEventStore, emmettEvents, STREAM_IS_NEW } from "./emmett-event-store.ts";

/** Emmett's in-memory store, publishing to new streams; a fresh store for each run, as ours gets. */
export function emmettInMemory(load: Load): Candidate {
  return {
    name: "Emmett in memory",
    async start() {
      const { getInMemoryEventStore } = await loadPeer<{ getInMemoryEventStore(): EmmettEventStore }>(
        "peers",
        "@event-driven-io/emmett",
      );
      const events = emmettEvents(load.unitsPerCall);
      return {
        async measure() {
          const store = getInMemoryEventStore();
          return timeBoxed(load, () => store.appendToStream(freshStream(), events, STREAM_IS_NEW));
        },
        dispose: async () => {},
      };
    },
  };
}
