import { benchDatabase } from "../bench-server.ts";
import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { loadPeer } from "../peer-installation.ts";
import { freshStream } from "../sample-events.ts";
import { type EmmettEventStore, emmettEvents, STREAM_IS_NEW } from "./emmett-event-store.ts";

interface EmmettPostgres {
  getPostgreSQLEventStore(connectionString: string): EmmettEventStore;
}

async function emmettStore(): Promise<EmmettEventStore> {
  const { getPostgreSQLEventStore } = await loadPeer<EmmettPostgres>("peers", "@event-driven-io/emmett-postgresql");
  return getPostgreSQLEventStore(await benchDatabase());
}

/** Emmett's PostgreSQL store, publishing to new streams. */
export function emmettPostgres(load: Load): Candidate {
  return {
    name: "Emmett PostgreSQL",
    async start() {
      const store = await emmettStore();
      const events = emmettEvents(load.unitsPerCall);
      return {
        measure: () => timeBoxed(load, () => store.appendToStream(freshStream(), events, STREAM_IS_NEW)),
        dispose: async () => store.close?.(),
      };
    },
  };
}

/** Emmett's PostgreSQL store, reading one stream again and again. */
export function emmettPostgresStreams(load: Load): Candidate {
  return {
    name: "Emmett PostgreSQL",
    async start() {
      const store = await emmettStore();
      await store.appendToStream("loaded", emmettEvents(load.unitsPerCall), STREAM_IS_NEW);
      return {
        measure: () => timeBoxed(load, () => store.readStream("loaded")),
        dispose: async () => store.close?.(),
      };
    },
  };
}
