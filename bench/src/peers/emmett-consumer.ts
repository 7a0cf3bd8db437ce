import { benchDatabase } from "../bench-server.ts";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { loadPeer } from "../peer-installation.ts";
import { freshStream } from "../sample-events.ts";
import { type EmmettEventStore, emmettEvents, STREAM_IS_NEW } from "./emmett-event-store.ts";

/** As much of Emmett's public interface as consuming takes. */
interface EmmettConsumers {
  getPostgreSQLEventStore(connectionString: string): EmmettEventStore;
  postgreSQLEventStoreConsumer(options: {
    readonly connectionString: string;
    readonly pulling: { readonly batchSize: number };
  }): EmmettConsumer;
}

interface EmmettConsumer {
  reactor(options: {
    readonly processorId: string;
    readonly eachMessage: () => void;
    readonly stopAfter: () => boolean;
  }): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

const BATCH = 1_000;

/** Emmett's consumer on PostgreSQL, with a handler that only counts, by a new processor each time. */
export function emmettConsumer(events: number): Candidate {
  return {
    name: "Emmett PostgreSQL",
    async start() {
      const emmett = await loadPeer<EmmettConsumers>("peers", "@event-driven-io/emmett-postgresql");
      const connectionString = await benchDatabase();
      const store = emmett.getPostgreSQLEventStore(connectionString);
      for (let stored = 0; stored < events; stored += BATCH) {
        await store.appendToStream(freshStream(), emmettEvents(BATCH), STREAM_IS_NEW);
      }
      let processors = 0;
      return {
        measure: () =>
          timed(async () => {
            const consumer = emmett.postgreSQLEventStoreConsumer({ connectionString, pulling: { batchSize: BATCH } });
            let handled = 0;
            consumer.reactor({
              processorId: `counting-${++processors}`,
              eachMessage: () => {
                handled += 1;
              },
              stopAfter: () => handled >= events,
            });
            await consumer.start();
            await consumer.close();
            return handled;
          }),
        dispose: async () => store.close?.(),
      };
    },
  };
}
