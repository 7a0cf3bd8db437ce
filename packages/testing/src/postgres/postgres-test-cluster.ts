import { setTimeout as sleep } from "node:timers/promises";
import { ClusteredServer } from "./clustered-server.ts";
import type { CreateDatabaseOptions, PostgresTestServer } from "./postgres-test-server.ts";
import { queryRows } from "./query-rows.ts";
import { createFiles } from "./server-files.ts";
import { ServerProcess, type ServerSettings } from "./server-process.ts";
import { TestDatabases, withDatabase } from "./test-databases.ts";

/** How many standbys a primary waits for before it acknowledges a commit. */
export type SynchronousStandbys = `any ${number}` | `first ${number}`;

/** How {@link PostgresTestCluster.start} starts a cluster. */
export interface StartClusterOptions {
  readonly standbys: number;
  readonly synchronous: SynchronousStandbys | undefined;
  readonly binFolder: string | undefined;
  readonly settings: ServerSettings;
}

const REPLICATION: ServerSettings = {
  wal_keep_size: "1GB", // so that a server that was down or cut off catches up.
  wal_retrieve_retry_interval: "100ms",
};

const CATCH_UP_TIMEOUT_MS = 60_000;

/**
 * A primary and standbys that follow it, on one machine: for tests of what happens when a server is lost. Nothing fails over
 * by itself; a test says what happens, and when.
 *
 * Each server listens on a port of its own, which it keeps. Standbys reach the primary through links that can be cut, and
 * clients reach every server directly, so a partition leaves clients on both of its sides.
 */
export class PostgresTestCluster implements PostgresTestServer {
  readonly #servers: ClusteredServer[];
  readonly #database: string;
  readonly #partitioned = new Set<ClusteredServer>();
  #primary: ClusteredServer;
  #added = 1;
  #stopped: Promise<unknown> | undefined;

  private constructor(primary: ClusteredServer, database: string) {
    this.#servers = [primary];
    this.#primary = primary;
    this.#database = database;
  }

  /** Starts a primary with an empty database and its standbys, and waits until all of them follow. */
  static async start(options: StartClusterOptions): Promise<PostgresTestCluster> {
    const names = synchronousNames(options.synchronous);
    const settings = { ...REPLICATION, ...options.settings };
    const process = await ServerProcess.launch(await createFiles(options.binFolder), settings);
    let stop = () => process.remove();
    try {
      const database = databaseIn(await new TestDatabases(process.connectionStringFor("postgres")).create(undefined));
      const first = ClusteredServer.first({ name: "server1", database, process, settings });
      const cluster = new PostgresTestCluster(first, database);
      stop = () => cluster.stop();
      await cluster.#addFirstStandbys(options.standbys, names);
      return cluster;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /** All servers, in the order in which they were added. */
  get servers(): readonly ClusteredServer[] {
    return this.#servers;
  }

  /** The server that was promoted last, or the first one. */
  get primary(): ClusteredServer {
    return this.#primary;
  }

  /** All other servers, also a former primary. */
  get standbys(): readonly ClusteredServer[] {
    return this.#servers.filter((server) => server !== this.#primary);
  }

  /** How to connect to the database of the cluster for a client that takes several hosts: it names all servers. */
  get connectionString(): string {
    return this.#connectionStringFor(this.#database);
  }

  /** The present primary. */
  get process(): ClusteredServer {
    return this.#primary;
  }

  /** Creates another database and returns how to connect to it, with all hosts. */
  async createDatabase({ template }: CreateDatabaseOptions = {}): Promise<string> {
    const server = this.#primary.connectionStringFor("postgres");
    const from = template === undefined ? undefined : withDatabase(server, databaseIn(template));
    return this.#connectionStringFor(databaseIn(await new TestDatabases(server).create(from)));
  }

  /** Adds a standby, copied from the present primary while that goes on, and waits until it follows. */
  async addStandby(): Promise<ClusteredServer> {
    this.#added += 1;
    const standby = await ClusteredServer.following(this.#primary, `server${this.#added}`);
    this.#servers.push(standby);
    await this.catchUp([standby]);
    return standby;
  }

  /**
   * Throws the files of a server away and makes it a standby of the present primary, at the same address: what became of a
   * former primary, which may have stored what no other server has.
   */
  async rebuild(server: ClusteredServer): Promise<void> {
    this.#partitioned.delete(server);
    await server.becomeStandbyOf(this.#primary);
    await this.catchUp([server]);
  }

  /**
   * Makes a standby the primary, and leads the others to it. First all of them stop following the old primary, so that it can
   * have nothing confirmed any more; it is not told of this, and goes on if it can.
   *
   * @param chosen Default: the one that has received most. With `any 1` of two that has every acknowledged commit, as long as
   * both of them can be asked.
   */
  async promote(chosen?: ClusteredServer): Promise<ClusteredServer> {
    for (const standby of this.standbys) standby.stopFollowing();
    const next = chosen ?? (await this.#mostAdvanced());
    await queryRows(next.connectionStringFor("postgres"), "select pg_promote()");
    this.#primary = next;
    this.#lead();
    return next;
  }

  /** Cuts a server off from all others. Connections between them stay open, but nothing passes; clients reach it as before. */
  partition(server: ClusteredServer): void {
    this.#partitioned.add(server);
    this.#lead();
  }

  /** Ends all partitions. */
  heal(): void {
    this.#partitioned.clear();
    this.#lead();
  }

  /** Waits until standbys have replayed all that the primary has written by now. Default: all that run and follow it. */
  async catchUp(standbys?: readonly ClusteredServer[]): Promise<void> {
    const [written] = await queryRows(this.#primary.connectionStringFor("postgres"), "select pg_current_wal_lsn()");
    const hasReplayed = `select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= '${String(written?.[0])}'`;
    for (const standby of standbys ?? (await this.#following())) {
      const deadlineMs = performance.now() + CATCH_UP_TIMEOUT_MS;
      const isThere = async () => (await queryRows(standby.connectionStringFor("postgres"), hasReplayed))[0]?.[0];
      while ((await isThere()) !== true) {
        if (performance.now() > deadlineMs) throw new Error(`The standby ${standby.name} does not catch up.`);
        await sleep(10);
      }
    }
  }

  /** Ends all servers and removes their files. Calling it again does nothing. */
  async stop(): Promise<void> {
    this.#stopped ??= Promise.all(this.#servers.map((server) => server.remove()));
    await this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The primary is told to wait for standbys when there are some; the copies of its settings are, from the beginning. */
  async #addFirstStandbys(count: number, synchronousNames: string): Promise<void> {
    const first = this.#primary.connectionStringFor("postgres");
    await queryRows(first, `alter system set synchronous_standby_names = '${synchronousNames}'`);
    const added = await Promise.allSettled(Array.from({ length: count }, () => this.addStandby()));
    for (const { reason } of added.filter((result) => result.status === "rejected")) throw reason;
    await queryRows(first, "select pg_reload_conf()");
  }

  async #following(): Promise<readonly ClusteredServer[]> {
    const running = this.standbys.filter((server) => server.pid !== undefined && !this.#partitioned.has(server));
    const isStandby = await Promise.all(running.map((server) => server.isStandby()));
    return running.filter((_, index) => isStandby[index]);
  }

  async #mostAdvanced(): Promise<ClusteredServer> {
    const received = `select coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0', 0)::text`;
    let most: { readonly server: ClusteredServer; readonly bytes: bigint } | undefined;
    for (const server of await this.#following()) {
      const [row] = await queryRows(server.connectionStringFor("postgres"), received);
      const bytes = BigInt(String(row?.[0]));
      if (most === undefined || bytes > most.bytes) most = { server, bytes };
    }
    if (most === undefined) throw new Error("There is no standby that could be promoted.");
    return most.server;
  }

  #lead(): void {
    const isPrimaryCutOff = this.#partitioned.has(this.#primary);
    for (const standby of this.standbys) {
      standby.followThrough(this.#primary, { isHeld: isPrimaryCutOff || this.#partitioned.has(standby) });
    }
  }

  #connectionStringFor(database: string): string {
    const { username, password } = new URL(this.#primary.connectionString);
    const hosts = this.#servers.map((server) => new URL(server.connectionString).host);
    return `postgres://${username}:${password}@${hosts.join(",")}/${encodeURIComponent(database)}`;
  }
}

function synchronousNames(synchronous: SynchronousStandbys | undefined): string {
  if (synchronous === undefined) return "";
  const [, kind, count] = /^(any|first) ([1-9]\d*)$/.exec(synchronous) ?? [];
  if (kind === undefined) throw new TypeError(`synchronous must be "any n" or "first n", got ${String(synchronous)}.`);
  return `${kind} ${count} (*)`;
}

function databaseIn(connectionString: string): string {
  return decodeURIComponent(connectionString.split("/").at(-1)?.split("?")[0] ?? "");
}
