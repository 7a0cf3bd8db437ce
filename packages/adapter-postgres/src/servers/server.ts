import { Client } from "pg";
import { withTimeout } from "../connection/with-timeout.ts";
import { RevocableClient } from "./revocable-client.ts";

/** What a server has said of itself. */
export interface ServerState {
  readonly server: Server;
  /**
   * The timeline that it writes, which grows with each promotion in a cluster; `undefined` if it cannot be
   * written to, as a standby cannot.
   */
  readonly timeline: number | undefined;
  /** When it was asked. */
  readonly askedMs: number;
}

// The name of a file of the write-ahead log begins with the timeline. Everybody may ask for it, unlike for other sources.
const QUESTION =
  "select case when not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' " +
  "then substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end";

/** A connection, and when it is open. */
interface Connection {
  readonly client: RevocableClient;
  readonly opened: Promise<unknown>;
}

/** One of the servers that a connection string names. It is asked what it is over a connection that is kept for that. */
export class Server {
  readonly host: string;
  readonly port: number;
  /** Why the last question was not answered; `undefined` if it was. */
  obstacle: unknown;
  readonly #connectionString: string;
  readonly #timeoutMs: number;
  #connection: Connection | undefined;
  #asking: Promise<ServerState | undefined> | undefined;
  #askedMs = 0;

  /** @param timeoutMs how long connecting may take, and each answer. */
  constructor(connectionString: string, timeoutMs: number) {
    const { host, port } = new Client({ connectionString });
    this.host = host;
    this.port = port;
    this.#connectionString = connectionString;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether it has left a question unanswered for longer than a time. */
  isSilentFor(ms: number): boolean {
    return this.#asking !== undefined && performance.now() - this.#askedMs > ms;
  }

  /** Asks it what it is; `undefined` if there is no answer. Who asks meanwhile waits for the same answer. */
  ask(): Promise<ServerState | undefined> {
    if (this.#asking === undefined) {
      this.#askedMs = performance.now();
      this.#asking = this.#answer().finally(() => {
        this.#asking = undefined;
      });
    }
    return this.#asking;
  }

  /** Ends the connection that is kept, at once if it waits for an answer. */
  rest(): void {
    const client = this.#connection?.client;
    this.#connection = undefined;
    if (this.#asking !== undefined) client?.giveUp();
    else client?.end().catch(() => {});
  }

  async #answer(): Promise<ServerState | undefined> {
    const askedMs = this.#askedMs;
    this.#connection ??= this.#open();
    const { client, opened } = this.#connection;
    try {
      await opened;
      const asking = client.query<string[]>({ text: QUESTION, rowMode: "array" });
      const { rows } = await withTimeout(asking, this.#timeoutMs, () => new Error("The server does not answer."));
      this.obstacle = undefined;
      const timeline = rows[0]?.[0];
      return { server: this, timeline: timeline == null ? undefined : Number.parseInt(timeline, 16), askedMs };
    } catch (error) {
      this.obstacle = error;
      client.giveUp();
      this.#forget(client);
      return undefined;
    }
  }

  #open(): Connection {
    const client = new RevocableClient({
      connectionString: this.#connectionString,
      keepAlive: true,
      connectionTimeoutMillis: this.#timeoutMs,
      application_name: "eventfold",
    });
    client.on("error", () => this.#forget(client)); // asked again, it connects again.
    client.on("end", () => this.#forget(client));
    return { client, opened: client.connect() };
  }

  #forget(client: RevocableClient): void {
    if (this.#connection?.client === client) this.#connection = undefined;
  }
}
