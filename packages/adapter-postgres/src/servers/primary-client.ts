import type { Logger } from "@eventfold/types";
import type { ClientBase, ClientConfig, PoolConfig } from "pg";
import { splitHosts } from "../connection-string/split-hosts.ts";
import { RevocableClient } from "./revocable-client.ts";
import { Servers } from "./servers.ts";

type ConnectCallback = (error: Error | null, client?: ClientBase) => void;

/** A client of a cluster: it connects to the server that can be written to at that time, whichever it is. */
export class PrimaryClient extends RevocableClient {
  readonly #servers: Servers;

  constructor(servers: Servers, config: ClientConfig) {
    super(config);
    this.#servers = servers;
    this.on("error", () => {}); // what waits for an answer rejects; without a listener the event would end the process.
    this.on("end", () => servers.leave(this));
  }

  override connect(): Promise<this>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<this> | undefined {
    const connecting = this.#connect();
    if (callback === undefined) return connecting;
    connecting.then(
      () => callback(null, this),
      (error: Error) => callback(error),
    );
    return undefined;
  }

  /**
   * Whether what the server has just answered may be out of date, because it was frozen, or this process was, and another one has
   * taken over meanwhile: then {@link confirm} finds out.
   */
  get isInDoubt(): boolean {
    return this.#servers.isInDoubt;
  }

  /** @throws `Error` without a code when another server has taken over, so that the connection was given up. */
  async confirm(): Promise<void> {
    await this.#servers.confirm();
    if (this.isGivenUp) throw new Error("Another server has taken over from the one that answered.");
  }

  async #connect(): Promise<this> {
    try {
      const { host, port } = await this.#servers.assign(this);
      if (this.isGivenUp) throw new Error("The connection was given up before it was open.");
      this.host = host;
      this.port = port;
      await super.connect();
      return this;
    } catch (error) {
      this.#servers.leave(this);
      throw error;
    }
  }
}

/**
 * What a server answers, if no other server is known to have taken over when the answer comes.
 *
 * @throws `Error` without a code, as for a lost connection, when another one has.
 */
export async function answerOf<T>(client: ClientBase, answer: Promise<T>): Promise<T> {
  const answered = await answer;
  if (client instanceof PrimaryClient && client.isInDoubt) await client.confirm();
  return answered;
}

/** How a pool or a client reaches what a connection string names. */
export type Address = Required<Pick<PoolConfig, "connectionString">> & Pick<PoolConfig, "Client">;

/**
 * How to connect by a connection string: as it says when it names one host; when it names several, to the one that can be written to.
 *
 * @param option the option that the text comes from, for the messages of errors.
 * @throws `RangeError` when a host is empty. The message does not repeat the text, which may hold a password.
 */
export function addressFrom(
  option: string,
  text: string,
  options: { readonly connectTimeoutMs: number; readonly logger: Logger },
): Address {
  const connectionStrings = splitHosts(text);
  if (connectionStrings === undefined) throw new RangeError(`${option} must not name an empty host.`);
  const [connectionString = text, ...others] = connectionStrings;
  if (others.length === 0) return { connectionString };
  const servers = new Servers({ ...options, connectionStrings });
  class ClientOfServers extends PrimaryClient {
    constructor(config: ClientConfig = {}) {
      super(servers, config);
    }
  }
  return { connectionString, Client: ClientOfServers };
}

/** A client that connects as a pool of the same configuration does: for a cluster, to the server that can be written to. */
export function clientFrom(config: ClientConfig & Pick<PoolConfig, "Client">): RevocableClient {
  const { Client: Made } = config;
  if (Made?.prototype instanceof PrimaryClient) return Reflect.construct(Made, [config]) as PrimaryClient;
  return new RevocableClient(config);
}
