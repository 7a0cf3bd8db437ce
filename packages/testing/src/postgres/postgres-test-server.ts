import type { ServerProcess } from "./server-process.ts";

/** How {@link PostgresTestServer.createDatabase} makes a database. */
export interface CreateDatabaseOptions {
  /** The connection string of a database to copy, to which nobody may be connected. Default: an empty one. */
  readonly template?: string | undefined;
}

/** A real PostgreSQL server for tests. */
export interface PostgresTestServer {
  /** How to connect to an empty database of this call's own. */
  readonly connectionString: string;
  /** The server's process, to kill and start again; `undefined` for a server that was running already. */
  readonly process: Pick<ServerProcess, "pid" | "kill" | "start"> | undefined;
  /** Creates another database and returns how to connect to it. It takes some 30 ms. */
  createDatabase(options?: CreateDatabaseOptions): Promise<string>;
  /** Drops the databases made here; ends the server and removes its files if this call started it. Calling it again does nothing. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
