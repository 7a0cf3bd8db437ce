import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventStorageAdapter, OrderingGuarantee } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import BetterSqlite3 from "better-sqlite3";
import pg from "pg";

/** The databases that logs move between. */
export type DatabaseKind = "sqlite" | "postgres";

/** An empty database of its own, with a log. */
export interface Database {
  readonly adapter: EventStorageAdapter;
  /** Runs statements on a connection of their own, past the adapter, as somebody with a shell would. */
  run(sql: string): Promise<void>;
  /** Opens the log once more, as another process would. */
  openAgain(): Promise<EventStorageAdapter>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes databases, on one server and in one folder. */
export class Databases {
  readonly folder = mkdtempSync(join(tmpdir(), "eventfold-operations-"));
  #server: ReturnType<typeof startPostgres> | undefined;
  #files = 0;

  /** Makes a database and opens its log. */
  async open(kind: DatabaseKind, orderingGuarantee: OrderingGuarantee = "log"): Promise<Database> {
    return kind === "sqlite" ? this.#openSqlite(orderingGuarantee) : this.#openPostgres(orderingGuarantee);
  }

  /** How to connect to an empty database on the server. */
  async createPostgres(): Promise<string> {
    this.#server ??= startPostgres();
    return (await this.#server).createDatabase();
  }

  /** A name for a file that is not there yet. */
  nextFile(ending: string): string {
    this.#files += 1;
    return join(this.folder, `${this.#files}${ending}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#server)?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #openSqlite(orderingGuarantee: OrderingGuarantee): Promise<Database> {
    const filename = this.nextFile(".db");
    const openAgain = () => SqliteEventStorageAdapter.open({ filename, orderingGuarantee });
    const adapter = await openAgain();
    const run = async (sql: string): Promise<void> => {
      const client = new BetterSqlite3(filename);
      client.unsafeMode(true); // the table of sequences may be written then
      client.exec(sql);
      client.close();
    };
    return { adapter, run, openAgain, [Symbol.asyncDispose]: () => adapter.close() };
  }

  async #openPostgres(orderingGuarantee: OrderingGuarantee): Promise<Database> {
    const connectionString = await this.createPostgres();
    const openAgain = () => PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee });
    const adapter = await openAgain();
    const run = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query(sql);
      await client.end();
    };
    return { adapter, run, openAgain, [Symbol.asyncDispose]: () => adapter.close() };
  }
}
