import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { freePort } from "./free-port.ts";
import type { ServerFiles } from "./server-files.ts";
import { SUPERUSER } from "./server-files.ts";
import type { ServerGuard } from "./server-guard.ts";
import { guardServer } from "./server-guard.ts";

const START_TIMEOUT_MS = 60_000;

/** Settings of a server, as in `postgresql.conf`. */
export type ServerSettings = Readonly<Record<string, string | number>>;

/**
 * A server that this process started. It ends with this process, however the process ends: a guard notices and removes it.
 */
export class ServerProcess {
  readonly #files: ServerFiles;
  readonly #settings: ServerSettings;
  readonly #guard: ServerGuard;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #wasKilled = false;
  #isFrozen = false;

  private constructor(files: ServerFiles, settings: ServerSettings, port: number) {
    this.#files = files;
    this.#settings = settings;
    this.#port = port;
    this.#guard = guardServer(files);
  }

  /**
   * Starts a server on files, and waits until it takes connections.
   *
   * @param port on the loopback interface. Default: a free one.
   */
  static async launch(files: ServerFiles, settings: ServerSettings, port?: number): Promise<ServerProcess> {
    const server = new ServerProcess(files, settings, port ?? (await freePort()));
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /** Its files, and the programs that run on them. */
  get files(): ServerFiles {
    return this.#files;
  }

  /** Where it listens, on the loopback interface. */
  get port(): number {
    return this.#port;
  }

  /** The process id of the server, or `undefined` while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How the superuser connects to a database of this server. */
  connectionStringFor(database: string): string {
    return `postgres://${SUPERUSER}:${this.#files.password}@127.0.0.1:${this.#port}/${encodeURIComponent(database)}`;
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
    const log = openSync(join(this.#files.folder, "server.log"), "a");
    const settings = {
      port: this.#port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = spawn(this.#files.binaries.postgres, ["-D", this.#files.dataFolder, ...args], {
      ...this.#files.account,
      cwd: this.#files.folder,
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
    if (this.#isFrozen && signal !== "SIGKILL") await this.thaw();
    const frozen = this.#isFrozen ? await childrenOf(child.pid) : [];
    child.kill(signal);
    await gone;
    for (const pid of frozen) signalTo(pid, "SIGKILL"); // they cannot see that the server is gone.
    this.#isFrozen = false;
  }

  /**
   * Stops all processes of the server, as when a machine stands still: its connections stay open, and nothing is answered. Only
   * to stop the first process would let the others go on.
   */
  async freeze(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#isFrozen = true;
    signalTo(pid, "SIGSTOP"); // first, so that no more are added.
    for (const child of await childrenOf(pid)) signalTo(child, "SIGSTOP");
  }

  /** Lets it go on after {@link freeze}, as if no time had passed. */
  async thaw(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    for (const child of await childrenOf(pid)) signalTo(child, "SIGCONT");
    signalTo(pid, "SIGCONT");
    this.#isFrozen = false;
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
    return (await readFile(join(this.#files.folder, "server.log"), "utf8").catch(() => "")).slice(-4_000);
  }
}

const run = promisify(execFile);

/** The processes that a process has started and that are still there. Works without the folder /proc. */
async function childrenOf(parent: number | undefined): Promise<readonly number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=", "-o", "ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended meanwhile.
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
