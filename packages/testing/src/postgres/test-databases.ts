import { randomBytes } from "node:crypto";
import { Client, escapeIdentifier } from "pg";

/** Databases made for tests on one server, which are dropped at the end. */
export class TestDatabases {
  readonly #serverConnectionString: string;
  readonly #names: string[] = [];

  /** @param serverConnectionString how to connect to any database of the server, with the right to create others. */
  constructor(serverConnectionString: string) {
    this.#serverConnectionString = serverConnectionString;
  }

  /**
   * Creates a database: an empty one, or a copy of a template, to which nobody may be connected meanwhile.
   *
   * @returns its connection string.
   */
  async create(template: string | undefined): Promise<string> {
    const name = `eventfold_test_${randomBytes(6).toString("hex")}`;
    const from = template === undefined ? "template0" : databaseOf(template);
    await this.#run(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(from)}`);
    this.#names.push(name);
    return withDatabase(this.#serverConnectionString, name);
  }

  /** Drops all of them, cutting the connections that are left. */
  async dropAll(): Promise<void> {
    for (const name of this.#names.splice(0)) {
      await this.#run(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    }
  }

  async #run(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.#serverConnectionString });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

function databaseOf(connectionString: string): string {
  return decodeURIComponent(new URL(connectionString).pathname.slice(1));
}

/** The same server's other database. */
export function withDatabase(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
