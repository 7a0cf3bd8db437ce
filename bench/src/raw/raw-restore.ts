import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import Database from "better-sqlite3";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { benchFile, rawDatabase } from "./sqlite-database.ts";

/** Which log the rows are taken from. */
interface RestoredLog {
  readonly length: number;
  /** The file, or how to connect. */
  place(): Promise<string>;
}

const COLUMNS =
  "sequence_number, category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata";

/** Prepared inserts of the rows of a log, which are in memory, into an empty database, so many in each transaction. */
export function rawSqliteRestore(name: string, log: RestoredLog, batch: number): Candidate {
  return {
    name,
    async start() {
      const source = new Database(await log.place(), { readonly: true });
      const rows = source.prepare(`SELECT ${COLUMNS} FROM eventfold_events`).raw().all() as unknown[][];
      source.close();
      return {
        async measure() {
          const file = benchFile();
          const database = await rawDatabase(file.filename);
          const insert = database.prepare(
            `INSERT INTO eventfold_events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          );
          const write = database.transaction((page: readonly unknown[][]) => {
            for (const row of page) insert.run(...row);
          });
          const sample = await timed(async () => {
            for (let first = 0; first < rows.length; first += batch) write.immediate(rows.slice(first, first + batch));
            return rows.length;
          });
          database.close();
          file.dispose();
          return sample;
        },
        dispose: async () => {},
      };
    },
  };
}

/** One binary COPY of the rows of a log, which are in memory in that format, into an empty database. */
export function rawBinaryCopy(name: string, log: RestoredLog): Candidate {
  return {
    name,
    async start() {
      const chunks = await copiedRows(await log.place());
      return {
        async measure() {
          const connectionString = await benchDatabase();
          await (await PostgresEventStorageAdapter.open({ connectionString })).close();
          const client = new pg.Client({ connectionString });
          await client.connect();
          const sample = await timed(async () => {
            const copying = client.query(
              copyFrom(`copy eventfold.events (${COLUMNS}, size) from stdin (format binary)`),
            );
            await pipeline(Readable.from(chunks), copying);
            return log.length;
          });
          await client.end();
          return sample;
        },
        dispose: async () => {},
      };
    },
  };
}

async function copiedRows(connectionString: string): Promise<readonly Buffer[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const chunks: Buffer[] = [];
  const kept = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const columns = `${COLUMNS}, size`;
  await pipeline(client.query(copyTo(`copy eventfold.events (${columns}) to stdout (format binary)`)), kept);
  await client.end();
  return chunks;
}
