import { newEventId } from "@eventfold/store";
import Database from "better-sqlite3";
import type { Candidate, Sample } from "../candidate.ts";
import { timed } from "../load.ts";
import { freshStream, SAMPLE_PAYLOAD } from "../sample-events.ts";
import { benchFile, rawDatabase } from "./sqlite-database.ts";

const INSERT = `INSERT INTO eventfold_events
  (category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** How the raw driver writes: `batch` rows a commit, for a while. */
export interface RawWriting {
  readonly batch: number;
  readonly forMs: number;
}

/** Prepared inserts into the same table with the same indexes, with ids and JSON text made as an application must. */
export function rawSqliteInserts(name: string, { batch, forMs }: RawWriting): Candidate {
  return {
    name,
    async start() {
      const file = benchFile();
      const database = await rawDatabase(file.filename);
      const insert = database.prepare(INSERT);
      const write = database.transaction(() => {
        for (let row = 0; row < batch; row++) {
          const id = Buffer.from(newEventId().replaceAll("-", ""), "hex");
          const now = Date.now();
          insert.run("orders", freshStream(), 0, id, "order-placed", 1, now, now, JSON.stringify(SAMPLE_PAYLOAD), null);
        }
      });
      return {
        measure: async () => repeated(() => write.immediate(), { batch, forMs }),
        async dispose() {
          database.close();
          file.dispose();
        },
      };
    },
  };
}

function repeated(write: () => void, { batch, forMs }: RawWriting): Sample {
  let units = 0;
  const started = performance.now();
  while (performance.now() - started < forMs) {
    write();
    units += batch;
  }
  return { units, elapsedMs: performance.now() - started };
}

/** `iterate()` over all columns of the log, the payload parsed: what a plain reader of the driver does. */
export function rawSqliteScan(name: string, filename: () => Promise<string>): Candidate {
  return {
    name,
    async start() {
      const database = new Database(await filename(), { readonly: true });
      const statement = database.prepare("SELECT * FROM eventfold_events ORDER BY sequence_number");
      return {
        measure: () =>
          timed(async () => {
            let events = 0;
            for (const row of statement.iterate() as Iterable<{ payload: string }>) {
              if (JSON.parse(row.payload) !== undefined) events++;
            }
            return events;
          }),
        dispose: async () => {
          database.close();
        },
      };
    },
  };
}
