import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import pg from "pg";
import { benchDatabase } from "../bench-server.ts";
import {
  ACCOUNT_INDEXES,
  type AccountDatabase,
  type OpenAccounts,
  PAGE_SIZE,
  type RawAccounts,
} from "./account-database.ts";
import type { Account } from "./sample-accounts.ts";

const CITY = "(state -> 'owner' ->> 'city')";
const BALANCE = "((state ->> 'balance')::float8)";
const OF_ACCOUNTS = "name = 'account' and projector_version = 1";
const FROM = `from eventfold.projections where ${OF_ACCOUNTS}`;
const COLUMNS =
  "name, projector_version, id, last_sequence_number, source, metadata, state, metadata_text, state_text, is_removed";
const PARAMETER_COUNT = 7;

/** A new database on the server of the benchmarks. */
export const openPostgresAccounts: OpenAccounts = async ({ isIndexed }): Promise<AccountDatabase> => {
  const connectionString = await benchDatabase();
  const indexes = isIndexed ? ACCOUNT_INDEXES : [];
  const adapter = await PostgresProjectionStorageAdapter.open({ connectionString, indexes });
  const client = new pg.Client({ connectionString });
  await client.connect();
  return {
    store: new ProjectionStore({ adapter }),
    raw: rawAccounts(client),
    async afterFill() {
      await client.query("vacuum analyze eventfold.projections");
    },
    async dispose() {
      await client.end();
      await adapter.close();
    },
  };
};

function rawAccounts(client: pg.Client): RawAccounts {
  const rows = async <T extends pg.QueryResultRow>(name: string, text: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>({ name, text, values })).rows;
  const states = async (name: string, text: string, values: unknown[] = []): Promise<readonly Account[]> =>
    (await rows<{ state: Account }>(name, text, values)).map(({ state }) => state);
  const descending = `order by ${BALANCE} desc, id desc limit ${PAGE_SIZE}`;
  return {
    async upsert(accounts) {
      const values = accounts.flatMap(({ name, projectorVersion, id, lastSequenceNumber, source, metadata, state }) => [
        ...[name, projectorVersion, id, lastSequenceNumber],
        ...[JSON.stringify(source), JSON.stringify(metadata), JSON.stringify(state)],
      ]);
      await client.query({ name: `upsert ${accounts.length}`, text: upsertText(accounts.length), values });
    },
    async createIndexes() {
      await client.query(`create index raw_city on eventfold.projections (${CITY}, id) where ${OF_ACCOUNTS}`);
      await client.query(`create index raw_balance on eventfold.projections (${BALANCE}, id) where ${OF_ACCOUNTS}`);
    },
    ofCity: (city) => states("city", `select state ${FROM} and ${CITY} = $1 order by id limit ${PAGE_SIZE}`, [city]),
    ofBalance: (balance) => states("balance", `select state ${FROM} and ${BALANCE} = $1 limit 2`, [balance]),
    page: (after) =>
      after === undefined
        ? states("first page", `select state ${FROM} ${descending}`)
        : states("page", `select state ${FROM} and (${BALANCE}, id) < ($1, $2) ${descending}`, [
            after.balance,
            after.id,
          ]),
    async countOfCity(city) {
      const [row] = await rows<{ count: string }>("count", `select count(*) ${FROM} and ${CITY} = $1`, [city]);
      return Number(row?.count);
    },
  };
}

function upsertText(rows: number): string {
  const row = (index: number): string => {
    const places = Array.from({ length: PARAMETER_COUNT }, (_, place) => `$${index * PARAMETER_COUNT + place + 1}`);
    const [metadata, state] = places.splice(5);
    return `(${places.join(", ")}, ${metadata}::text::jsonb, ${state}::text::jsonb, ${metadata}, ${state}, false)`;
  };
  return `insert into eventfold.projections (${COLUMNS}) values ${Array.from({ length: rows }, (_, index) => row(index)).join(", ")}
    on conflict (name, projector_version, id) do update set last_sequence_number = excluded.last_sequence_number,
      source = excluded.source, metadata = excluded.metadata, state = excluded.state,
      metadata_text = excluded.metadata_text, state_text = excluded.state_text`;
}
