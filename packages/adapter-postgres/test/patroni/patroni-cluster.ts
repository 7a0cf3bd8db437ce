import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { chmod, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { EtcdMembers } from "./etcd-members.ts";
import { guardFolder } from "./folder-processes.ts";
import type { PatroniPrograms } from "./patroni-programs.ts";
import { PatroniServer } from "./patroni-server.ts";

/** A server as Patroni sees it. */
interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly timeline?: number;
}

const TIMEOUT_MS = 300_000;

/** Three PostgreSQL servers that Patroni leads, on three members of etcd. It fails over by itself. */
export class PatroniCluster {
  readonly servers: readonly PatroniServer[];
  readonly #etcd: EtcdMembers;
  readonly #programs: PatroniPrograms;

  private constructor(programs: PatroniPrograms, etcd: EtcdMembers, servers: readonly PatroniServer[]) {
    this.#programs = programs;
    this.#etcd = etcd;
    this.servers = servers;
  }

  /**
   * Does work with a cluster that ends with it, or with this process. If the work fails, the error contains the ends of all logs.
   */
  static async use(programs: PatroniPrograms, work: (cluster: PatroniCluster) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "eventfold-patroni-"));
    const release = guardFolder(folder);
    await chmod(folder, 0o755);
    // Loopback addresses that nobody else uses, so that every server can have the ports that such servers have.
    const network = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    const etcd = new EtcdMembers(programs, folder, network);
    const password = randomBytes(12).toString("hex");
    const servers = await Promise.all(
      etcd.urls.map((etcdUrl, index) => {
        const name = `server${index + 1}`;
        const at = { name, folder: join(folder, name), address: `${network}.${index + 1}` };
        return PatroniServer.create({ ...at, programs, password, etcdUrl });
      }),
    );
    const cluster = new PatroniCluster(programs, etcd, servers);
    try {
      await cluster.#start();
      await work(cluster);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${await cluster.#logs()}`, { cause });
    } finally {
      await release();
      await Promise.all(servers.map((server) => server.removeLinks()));
    }
  }

  /** How to connect to the database of the cluster for a client that takes several hosts. */
  get connectionString(): string {
    const [first] = this.servers as readonly [PatroniServer];
    const { username, password, pathname } = new URL(first.connectionString);
    const hosts = this.servers.map((server) => new URL(server.connectionString).host);
    return `postgres://${username}:${password}@${hosts.join(",")}${pathname}`;
  }

  /** Waits until Patroni has a primary, which is not the given server. */
  async primary(after?: PatroniServer): Promise<PatroniServer> {
    let found: PatroniServer | undefined;
    await this.#until("There is no new primary", (members) => {
      const leader = members.find(({ role, state }) => role === "leader" && state === "running");
      found = this.servers.find(({ name }) => name === leader?.name && name !== after?.name);
      return found !== undefined;
    });
    return found as PatroniServer;
  }

  /** Waits until all servers run, follow one primary, and one of them would take over. */
  async untilWhole(): Promise<void> {
    await this.#until("The cluster is not whole", (members) => {
      const roles = members.map(({ role }) => role).sort();
      const isRunning = members.every(({ state }) => state === "running" || state === "streaming");
      const isOneTimeline = new Set(members.map(({ timeline }) => timeline)).size === 1;
      return isRunning && isOneTimeline && roles.join() === "leader,replica,sync_standby";
    });
  }

  /** Hands the leadership on in an orderly way. */
  async switchOver(): Promise<void> {
    const { name, configFile } = await this.primary();
    const args = ["-c", configFile, "switchover", "eventfold", "--master", name, "--force"];
    await promisify(execFile)(this.#programs.patronictl, args, { env: { ...process.env, LC_ALL: "C.UTF-8" } });
  }

  async #start(): Promise<void> {
    await this.#etcd.start();
    for (const server of this.servers) server.start();
    await this.untilWhole();
  }

  async #until(complaint: string, holds: (members: readonly Member[]) => boolean): Promise<void> {
    const deadlineMs = performance.now() + TIMEOUT_MS;
    for (;;) {
      const members = await this.#members();
      if (members !== undefined && holds(members)) return;
      if (performance.now() > deadlineMs) throw new Error(`${complaint}: ${JSON.stringify(members)}`);
      await sleep(100);
    }
  }

  /** What the first Patroni that answers has read in etcd. */
  async #members(): Promise<readonly Member[] | undefined> {
    const asking = this.servers.map(async ({ apiUrl }) => {
      const response = await fetch(`${apiUrl}/cluster`, { signal: AbortSignal.timeout(2_000) });
      return ((await response.json()) as { readonly members: readonly Member[] }).members;
    });
    return Promise.any(asking).catch(() => undefined);
  }

  async #logs(): Promise<string> {
    const folders = [...this.servers.map(({ folder }) => folder), ...this.#etcd.folders];
    const ends = folders.map(async (folder) => {
      const text = await readFile(join(folder, "log"), "utf8").catch(() => "");
      return `--- ${folder}\n${text.slice(-4_000)}`;
    });
    return (await Promise.all(ends)).join("\n");
  }
}
