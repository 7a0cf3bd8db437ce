import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { newEventId } from "@eventfold/store";
import pg from "pg";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate } from "../candidate.ts";
import { type Load, timeBoxed, timed } from "../load.ts";
import { freshStream, SAMPLE_PAYLOAD } from "../sample-events.ts";

const COLUMNS = "id, category, stream, position, name, version, size, payload, metadata, observed_at, occurred_at";
const COLUMN_COUNT = 11;

/** A raw connection to a new database with the adapter's own table and indexes, as its owner. */
async function rawClient(database: () => Promise<string> = benchDatabase): Promise<pg.Client> {
  const connectionString = await database();
  const adapter = await PostgresEventStorageAdapter.open({ connectionString });
  await adapter.close();
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

function rowValues(stream: string, position: number): unknown[] {
  const now = new Date();
  const payload = JSON.stringify(SAMPLE_PAYLOAD);
  return [newEventId(), "orders", stream, position, "order-placed", 1, payload.length, payload, null, now, now];
}

function insertText(rows: number): string {
  const tuples = Array.from({ length: rows }, (_, row) => {
    const parameters = Array.from({ length: COLUMN_COUNT }, (_, column) => `$${row * COLUMN_COUNT + column + 1}`);
    return `(${parameters.join(",")})`;
  });
  return `insert into eventfold.events (${COLUMNS}) values ${tuples.join(",")}`;
}

/** Prepared inserts of `unitsPerCall` rows each on one connection, with ids and JSON text made as an application must. */
export function rawPostgresInserts(name: string, load: Load, database?: () => Promise<string>): Candidate {
  return {
    name,
    async start() {
      const client = await rawClient(database);
      const rows = load.unitsPerCall;
      const text = insertText(rows);
      const insert = (): Promise<unknown> => {
        const values = Array.from({ length: rows }, () => rowValues(freshStream(), 0)).flat();
        return client.query({ name: "insert", text, values });
      };
      return { measure: () => timeBoxed(load, insert), dispose: () => client.end() };
    },
  };
}

/** Prepared selects of one stream of ten events each. */
export function rawPostgresStreams(name: string, load: Load): Candidate {
  return {
    name,
    async start() {
      const client = await rawClient();
      for (let position = 0; position < load.unitsPerCall; position++) {
        await client.query(insertText(1), rowValues("loaded", position));
      }
      const text = "select * from eventfold.events where category = $1 and stream = $2 order by position";
      const select = (): Promise<unknown> => client.query({ name: "stream", text, values: ["orders", "loaded"] });
      return { measure: () => timeBoxed(load, select), dispose: () => client.end() };
    },
  };
}

/** Keyset pages of a thousand, one after the other, all columns decoded by the driver. */
export function rawPostgresScan(name: string, connectionString: () => Promise<string>): Candidate {
  return {
    name,
    async start() {
      const client = new pg.Client({ connectionString: await connectionString() });
      await client.connect();
      const text = "select * from eventfold.events where sequence_number > $1 order by sequence_number limit 1000";
      return {
        measure: () =>
          timed(async () => {
            let events = 0;
            for (let after = "0"; ; ) {
              const { rows } = await client.query<{ sequence_number: string }>({ name: "page", text, values: [after] });
              const last = rows.at(-1);
              if (last === undefined) return events;
              events += rows.length;
              after = last.sequence_number;
            }
          }),
        dispose: () => client.end(),
      };
    },
  };
}
