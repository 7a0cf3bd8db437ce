import { TcpProxy } from "../chaos/tcp-proxy.ts";
import { copyOnline } from "./online-copy.ts";
import { queryRows } from "./query-rows.ts";
import { ServerProcess, type ServerSettings } from "./server-process.ts";

/** One server of a {@link PostgresTestCluster}. It keeps its address, whatever becomes of its files. */
export class ClusteredServer {
  /** How the others know it. */
  readonly name: string;
  readonly #database: string;
  readonly #settings: ServerSettings;
  #process: ServerProcess;
  /** The way from it to the server that it follows; only a server that was made as a standby has one. */
  #link: Link | undefined;

  private constructor(made: Made) {
    this.name = made.name;
    this.#database = made.database;
    this.#settings = made.settings;
    this.#process = made.process;
    this.#link = made.link;
  }

  /** The first server of a cluster, which runs already. */
  static first(made: Omit<Made, "link">): ClusteredServer {
    return new ClusteredServer({ ...made, link: undefined });
  }

  /** Makes a standby from a copy of a running server, and starts it. */
  static async following(primary: ClusteredServer, name: string): Promise<ClusteredServer> {
    const link = await primary.#openLink();
    const database = primary.#database;
    const settings = primary.#settings;
    try {
      const process = await primary.#launchCopy(name, link);
      return new ClusteredServer({ name, database, settings, process, link });
    } catch (error) {
      await link.proxy.stop();
      throw error;
    }
  }

  /** How to connect to the database of the cluster on this server alone. */
  get connectionString(): string {
    return this.connectionStringFor(this.#database);
  }

  /** The process id of the server, or `undefined` while it is down. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** How the superuser connects to a database of this server. */
  connectionStringFor(database: string): string {
    return this.#process.connectionStringFor(database);
  }

  /** Ends it and waits until it is gone. */
  kill(signal: "SIGKILL" | "SIGQUIT" | "SIGINT"): Promise<void> {
    return this.#process.kill(signal);
  }

  /** Starts it again on the same files, as what it was: a primary that was replaced meanwhile knows nothing of that. */
  start(): Promise<void> {
    return this.#process.start();
  }

  /** Stops all its processes, as when a machine stands still: connections stay open, and nothing is answered. */
  freeze(): Promise<void> {
    return this.#process.freeze();
  }

  /** Lets it go on after {@link freeze}, as if no time had passed. */
  thaw(): Promise<void> {
    return this.#process.thaw();
  }

  /** Throws its files away and makes it a standby, from a copy of another server. It has the same address as before. */
  async becomeStandbyOf(primary: ClusteredServer): Promise<void> {
    const { port } = this.#process;
    await this.#process.remove();
    this.#link ??= await primary.#openLink();
    this.followThrough(primary, { isHeld: false });
    this.#process = await primary.#launchCopy(this.name, this.#link, port);
  }

  /** Whether it replays what another server sends. */
  async isStandby(): Promise<boolean> {
    const [row] = await queryRows(this.connectionStringFor("postgres"), "select pg_is_in_recovery()");
    return row?.[0] === true;
  }

  /** Leads its link to a server; when it `isHeld`, nothing passes, though connections are taken. */
  followThrough(primary: ClusteredServer, { isHeld }: { readonly isHeld: boolean }): void {
    const link = this.#link?.proxy;
    if (link === undefined) return;
    link.restore();
    if (isHeld) link.toServer = link.toClient = () => "hold";
    else link.leadTo(primary.connectionStringFor("postgres"));
  }

  /** Cuts it off from the server that it follows, for good. */
  stopFollowing(): void {
    const link = this.#link?.proxy;
    if (link === undefined) return;
    link.isDown = true;
    link.cutAll();
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    await this.#link?.proxy.stop();
    await this.#process.remove();
  }

  #openLink(): Promise<Link> {
    return TcpProxy.start(this.connectionStringFor("postgres"));
  }

  async #launchCopy(name: string, link: Link, port?: number): Promise<ServerProcess> {
    const files = await copyOnline(this.#process);
    const { hostname, port: linkPort, username, password } = new URL(link.connectionString);
    const conninfo = `host=${hostname} port=${linkPort} user=${username} password=${password} application_name=${name}`;
    return ServerProcess.launch(files, { ...this.#settings, primary_conninfo: conninfo }, port);
  }
}

/** The way of a standby to the server that it follows. */
interface Link {
  readonly proxy: TcpProxy;
  /** How to connect through it. */
  readonly connectionString: string;
}

interface Made {
  readonly name: string;
  readonly database: string;
  readonly settings: ServerSettings;
  readonly process: ServerProcess;
  readonly link: Link | undefined;
}
