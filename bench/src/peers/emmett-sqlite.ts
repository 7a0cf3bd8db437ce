import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { loadPeer } from "../peer-installation.ts";
import { benchFile } from "../raw/sqlite-database.ts";
import { freshStream } from "../sample-events.ts";
import { type EmmettEventStore, emmettEvents, STREAM_IS_NEW } from "./emmett-event-store.ts";

interface EmmettSqlite {
  getSQLiteEventStore(options: { fileName: string; schema: { autoMigration: "CreateOrUpdate" } }): EmmettEventStore;
}

/** Emmett's SQLite store, publishing to new streams of a file. */
export function emmettSqlite(load: Load): Candidate {
  return {
    name: "Emmett SQLite",
    async start() {
      const { getSQLiteEventStore } = await loadPeer<EmmettSqlite>("peers-sqlite", "@event-driven-io/emmett-sqlite");
      const file = benchFile();
      const store = getSQLiteEventStore({ fileName: file.filename, schema: { autoMigration: "CreateOrUpdate" } });
      const events = emmettEvents(load.unitsPerCall);
      return {
        measure: () =>
          timeBoxed(load, () => untilStored(() => store.appendToStream(freshStream(), events, STREAM_IS_NEW))),
        async dispose() {
          await store.close?.();
          file.dispose();
        },
      };
    },
  };
}

/** Now and then an append fails with "cannot commit transaction - SQL statements in progress": it is made again. */
async function untilStored(append: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await append();
      return;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "SQLITE_BUSY") throw error;
    }
  }
}
