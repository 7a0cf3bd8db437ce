import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import Database from "better-sqlite3";
import { benchFile } from "../raw/sqlite-database.ts";
import {
  ACCOUNT_INDEXES,
  type AccountDatabase,
  type OpenAccounts,
  PAGE_SIZE,
  type RawAccounts,
} from "./account-database.ts";
import type { Account } from "./sample-accounts.ts";

const CITY = "json_extract(state, '$.owner.city')";
const BALANCE = "json_extract(state, '$.balance')";
const OF_ACCOUNTS = "name = 'account' AND projector_version = 1";
const COLUMNS = "name, projector_version, id, last_sequence_number, source, metadata, state, is_removed";
const PARAMETER_COUNT = 7;

/** A new SQLite file, as durable as the adapter makes it. */
export const openSqliteAccounts: OpenAccounts = async ({ isIndexed }): Promise<AccountDatabase> => {
  const file = benchFile();
  const indexes = isIndexed ? ACCOUNT_INDEXES : [];
  const adapter = await SqliteProjectionStorageAdapter.open({ filename: file.filename, indexes });
  const client = new Database(file.filename);
  client.pragma("synchronous = FULL");
  return {
    store: new ProjectionStore({ adapter }),
    raw: rawAccounts(client),
    afterFill: async () => {},
    async dispose() {
      client.close();
      await adapter.close();
      file.dispose();
    },
  };
};

function rawAccounts(client: Database.Database): RawAccounts {
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    const statement = statements.get(sql) ?? client.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const states = (sql: string, ...values: (string | number)[]): readonly Account[] =>
    (prepared(sql).all(...values) as { state: string }[]).map(({ state }) => JSON.parse(state) as Account);
  const limit = `LIMIT ${PAGE_SIZE}`;
  const descending = `ORDER BY ${BALANCE} DESC, id DESC ${limit}`;
  return {
    async upsert(accounts) {
      const values = accounts.flatMap(({ name, projectorVersion, id, lastSequenceNumber, source, metadata, state }) => [
        ...[name, projectorVersion, id, lastSequenceNumber],
        ...[JSON.stringify(source), JSON.stringify(metadata), JSON.stringify(state)],
      ]);
      prepared(upsertText(accounts.length)).run(...values);
    },
    async createIndexes() {
      client.exec(`CREATE INDEX raw_city ON eventfold_projections (name, projector_version, ${CITY}, id)`);
      client.exec(`CREATE INDEX raw_balance ON eventfold_projections (name, projector_version, ${BALANCE}, id)`);
    },
    ofCity: async (city) => states(`SELECT state ${FROM} AND ${CITY} = ? ORDER BY id ${limit}`, city),
    ofBalance: async (balance) => states(`SELECT state ${FROM} AND ${BALANCE} = ? LIMIT 2`, balance),
    page: async (after) =>
      after === undefined
        ? states(`SELECT state ${FROM} ${descending}`)
        : states(
            `SELECT state ${FROM} AND ${BALANCE} <= ? AND (${BALANCE} < ? OR id < ?) ${descending}`,
            ...[after.balance, after.balance, after.id],
          ),
    countOfCity: async (city) => Number(prepared(`SELECT count(*) ${FROM} AND ${CITY} = ?`).pluck().get(city)),
  };
}

const FROM = `FROM eventfold_projections WHERE ${OF_ACCOUNTS}`;

function upsertText(rows: number): string {
  const row = `(${"?, ".repeat(PARAMETER_COUNT)}0)`;
  return `INSERT INTO eventfold_projections (${COLUMNS}) VALUES ${Array.from({ length: rows }, () => row).join(", ")}
    ON CONFLICT (name, projector_version, id) DO UPDATE SET last_sequence_number = excluded.last_sequence_number,
      source = excluded.source, metadata = excluded.metadata, state = excluded.state`;
}
