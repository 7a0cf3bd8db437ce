import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { Cluster } from "./cluster.ts";
import { SUPERUSER } from "./cluster.ts";
import type { ClusterGuard } from "./cluster-guard.ts";
import { guardCluster } from "./cluster-guard.ts";
import { freePort } from "./free-port.ts";

const START_TIMEOUT_MS = 60_000;

/** Settings of a server, as in `postgresql.conf`. */
export type ServerSettings = Readonly<Record<string, string | number>>;

/**
 * A server that this process started. It ends with this process, however the process ends: a guard notices and removes it.
 */
export class ServerProcess {
  readonly #cluster: Cluster;
  readonly #settings: ServerSettings;
  readonly #guard: ClusterGuard;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #wasKilled = false;

  private constructor(cluster: Cluster, settings: ServerSettings, port: number) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#port = port;
    this.#guard = guardCluster(cluster);
  }

  /** Starts a server on a cluster, on a free port of the loopback interface, and waits until it takes connections. */
  static async launch(cluster: Cluster, settings: ServerSettings): Promise<ServerProcess> {
    const server = new ServerProcess(cluster, settings, await freePort());
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /** The process id of the server, or `undefined` while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How the superuser connects to a database of this server. */
  connectionStringFor(database: string): string {
    return `postgres://${SUPERUSER}:${this.#cluster.password}@127.0.0.1:${this.#port}/${encodeURIComponent(database)}`;
  }

  /**
   * Starts the server again after {@link kill}, on the same port and the same files. The processes of a killed server end a
   * moment after it. Until then no other server can start on its files, so this tries again.
   */
  async start(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      await this.#spawn();
      if (await this.#isReadyBefore(deadline)) return;
      if (!this.#wasKilled || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${await this.#log()}`);
      await sleep(50);
    }
  }

  async #spawn(): Promise<void> {
    const log = openSync(join(this.#cluster.folder, "server.log"), "a");
    const settings = {
      port: this.#port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(this.#cluster.binaries.postgres, ["-D", this.#cluster.dataFolder, ...args], {
      ...this.#cluster.account,
      cwd: this.#cluster.folder,
      stdio: ["ignore", log, log],
      env: { ...process.env, LC_ALL: "C" },
    });
    closeSync(log);
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
    await once(child, "spawn");
    child.unref();
  }

  /**
   * Ends the server and waits until it is gone. `SIGKILL` is like a crash of the machine, `SIGQUIT` an immediate shutdown, and
   * `SIGINT` an orderly one that cuts all connections.
   */
  async kill(signal: "SIGKILL" | "SIGQUIT" | "SIGINT"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "exit");
    this.#wasKilled = true;
    child.kill(signal);
    await gone;
  }

  /** Ends the server and removes its files. */
  async remove(): Promise<void> {
    await this.#guard.release();
  }

  /** Waits until it takes connections. Returns `false` if it has ended. */
  async #isReadyBefore(deadline: number): Promise<boolean> {
    for (;;) {
      if (this.#child === undefined) return false;
      const refused = await refusal(this.connectionStringFor("postgres"));
      if (refused === undefined) return true;
      if (Date.now() > deadline) throw new Error(`PostgreSQL took too long:\n${await this.#log()}`, { cause: refused });
      await sleep(20);
    }
  }

  async #log(): Promise<string> {
    return (await readFile(join(this.#cluster.folder, "server.log"), "utf8").catch(() => "")).slice(-4_000);
  }
}

async function refusal(connectionString: string): Promise<unknown> {
  const client = new Client({ connectionString });
  client.on("error", () => {}); // a server that goes away while it starts is seen by the next attempt.
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => {});
  }
}
