import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TcpProxy } from "@eventfold/testing/chaos";
import { freezeAll, killAll, processesBelow, processesIn, thaw } from "./folder-processes.ts";
import { patroniConfig } from "./patroni-config.ts";
import type { PatroniPrograms } from "./patroni-programs.ts";
import type { PatroniServerOptions } from "./patroni-server-options.ts";

/**
 * A PostgreSQL server and the Patroni that runs it, at an address of their own. The other servers reach both, and this Patroni
 * reaches etcd, through links that can be held. Clients reach PostgreSQL directly.
 */
export class PatroniServer {
  readonly name: string;
  readonly folder: string;
  /** How the superuser connects to the database of the cluster on this server alone. */
  readonly connectionString: string;
  /** Where its Patroni is asked what it knows. */
  readonly apiUrl: string;
  readonly #programs: PatroniPrograms;
  readonly #links: readonly TcpProxy[];

  private constructor(options: PatroniServerOptions, links: readonly TcpProxy[]) {
    const { name, folder, address, programs, password } = options;
    this.name = name;
    this.folder = folder;
    this.connectionString = `postgres://postgres:${password}@${address}:5432/postgres`;
    this.apiUrl = `http://${address}:8008`;
    this.#programs = programs;
    this.#links = links;
  }

  /** Makes a server's folder and its links. It is not started. */
  static async create(options: PatroniServerOptions): Promise<PatroniServer> {
    const { folder, address, programs } = options;
    const [postgres, api, etcd] = await Promise.all([
      TcpProxy.start(`postgres://${address}:5432`),
      TcpProxy.start(`http://${address}:8008`),
      TcpProxy.start(options.etcdUrl),
    ]);
    const server = new PatroniServer(options, [postgres.proxy, api.proxy, etcd.proxy]);
    const { uid, gid } = programs.account;
    await mkdir(folder);
    await writeFile(
      server.configFile,
      patroniConfig({
        ...options,
        linkToPostgres: new URL(postgres.connectionString).host,
        linkToApi: new URL(api.connectionString).host,
        linkToEtcd: new URL(etcd.connectionString).host,
      }),
    );
    if (uid !== undefined) await chown(folder, uid, gid ?? uid);
    return server;
  }

  get #dataFolder(): string {
    return join(this.folder, "data");
  }

  get configFile(): string {
    return join(this.folder, "patroni.yml");
  }

  /** Starts Patroni, which starts PostgreSQL as what it is to be now. */
  start(): void {
    const log = openSync(join(this.folder, "log"), "a");
    const { account, patroni } = this.#programs;
    spawn(patroni, [this.configFile], { ...account, cwd: this.folder, stdio: ["ignore", log, log] }).unref();
    closeSync(log);
  }

  /** Ends Patroni and all processes of PostgreSQL, as a loss of power does. */
  kill(): Promise<void> {
    return killAll(() => processesBelow(this.folder));
  }

  /** Ends PostgreSQL alone. Patroni starts it again. */
  killPostgres(): Promise<void> {
    const before = processesIn(this.#dataFolder);
    return killAll(() => before.filter((id) => processesIn(this.#dataFolder).includes(id)));
  }

  /** Ends Patroni alone: PostgreSQL goes on, and nobody tells it that another server takes over. */
  killPatroni(): Promise<void> {
    return killAll(() => processesIn(this.folder));
  }

  /** Stops Patroni and all processes of PostgreSQL, as when a machine stands still. */
  freeze(): Promise<void> {
    return freezeAll(() => processesBelow(this.folder));
  }

  /** Lets them go on, as if no time had passed. */
  thaw(): void {
    thaw(processesBelow(this.folder));
  }

  /** Cuts it off from etcd and from the other servers, which cannot reach it either. Connections stay open, and clients reach it as before. */
  cutOff(): void {
    for (const link of this.#links) link.toServer = link.toClient = () => "hold";
  }

  /** Ends {@link cutOff}. Connections from before are cut, since bytes are missing in them. */
  rejoin(): void {
    for (const link of this.#links) {
      link.restore();
      link.cutAll();
    }
  }

  async removeLinks(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.stop()));
  }
}
