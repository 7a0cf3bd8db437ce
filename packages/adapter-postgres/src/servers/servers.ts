import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@eventfold/types";
import { isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import type { RevocableClient } from "./revocable-client.ts";
import { Server, type ServerState } from "./server.ts";

/** What {@link Servers} are made from. */
export interface ServersOptions {
  /** One for each server. */
  readonly connectionStrings: readonly string[];
  /** How long to look for a server that can be written to, and how long each server may take to answer. */
  readonly connectTimeoutMs: number;
  readonly logger: Logger;
}

const WATCH_INTERVAL_MS = 1_000;
/** How long the watch waits for the others when one server can be written to. */
const GRACE_MS = 250;
const PAUSE_MS = 100;
/** For how long it holds what the servers have said. */
const TRUSTED_MS = 2 * WATCH_INTERVAL_MS;

type Primary = ServerState & { readonly timeline: number };

/**
 * The servers of a cluster: which of them can be written to, and the connections to it. While there are connections, all servers
 * are asked once a second. When another server has taken over, all connections to the one before are given up, whatever
 * they wait for.
 */
export class Servers {
  readonly #options: ServersOptions;
  readonly #servers: readonly Server[];
  /** The clients and where they are connected, which is not known while they look for a server. */
  readonly #clients = new Map<RevocableClient, Server | undefined>();
  #primary: Primary | undefined;
  /** When the servers were asked of which one was found to be the primary. */
  #askedMs = 0;
  #looking: Promise<Primary | undefined> | undefined;
  #confirming: Promise<Primary | undefined> | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: ServersOptions) {
    this.#options = options;
    this.#servers = options.connectionStrings.map((text) => new Server(text, options.connectTimeoutMs));
  }

  /**
   * Finds the server that can be written to, and notes that the client is connected there. While no server can be, it goes on
   * looking, because a standby may be about to take over.
   *
   * @throws what the servers refuse with when it is not the connection, such as wrong credentials; otherwise `Error` without a code
   * when the time is over.
   */
  async assign(client: RevocableClient): Promise<Server> {
    const deadlineMs = performance.now() + this.#options.connectTimeoutMs;
    this.#join(client);
    for (;;) {
      const primary = await this.#look();
      if (primary !== undefined) {
        this.#clients.set(client, primary.server);
        return primary.server;
      }
      if (client.isGivenUp) throw new Error("The connection was given up before it was open.");
      this.#throwIfRefused();
      if (performance.now() + PAUSE_MS > deadlineMs) throw this.#noPrimaryError();
      await sleep(PAUSE_MS);
    }
  }

  /** Whether it is too long ago that the servers were asked: another one may have taken over meanwhile. */
  get isInDoubt(): boolean {
    return performance.now() - this.#askedMs > TRUSTED_MS;
  }

  /** Asks all servers again, and waits longer for their answers than the watch does. */
  confirm(): Promise<unknown> {
    this.#confirming ??= this.#ask(WATCH_INTERVAL_MS).finally(() => {
      this.#confirming = undefined;
    });
    return this.#confirming;
  }

  /** Forgets a client. With the last one the watch ends. */
  leave(client: RevocableClient): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
    for (const server of this.#servers) server.rest();
  }

  #join(client: RevocableClient): void {
    this.#clients.set(client, undefined);
    if (this.#watch !== undefined) return;
    this.#watch = setInterval(() => void this.#look(), WATCH_INTERVAL_MS);
    this.#watch.unref();
  }

  /** Who looks meanwhile waits for the same answers. */
  #look(): Promise<Primary | undefined> {
    this.#looking ??= this.#ask(GRACE_MS).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** @param graceMs how long to wait for the others when one can be written to: they might be on a later timeline. */
  async #ask(graceMs: number): Promise<Primary | undefined> {
    const startedMs = performance.now();
    const primaries: Primary[] = [];
    // One that has left an earlier question unanswered may be frozen.
    const awaited = new Set(this.#servers.filter((server) => !server.isSilentFor(graceMs)));
    const over = Promise.withResolvers<void>();
    const note = (primary: Primary): void => {
      primaries.push(primary);
      if (this.#primary !== undefined && primary.timeline > this.#primary.timeline) this.#moveTo(primary); // even if it is late.
      setTimeout(over.resolve, graceMs).unref();
    };
    const hear = async (server: Server): Promise<void> => {
      const primary = await this.#answerOf(server, startedMs);
      awaited.delete(server);
      if (primary !== undefined) note(primary);
      if (awaited.size === 0) over.resolve();
      // It may take over while another one is waited for, which may be frozen.
      while (awaited.size > 0 && primaries.length === 0) {
        await sleep(PAUSE_MS);
        const later = await this.#answerOf(server, startedMs);
        if (later !== undefined) note(later);
      }
    };
    for (const server of awaited) hear(server).catch(over.reject);
    if (awaited.size > 0) await over.promise;
    const found = this.#newestOf(primaries);
    if (found === undefined) return undefined;
    this.#askedMs = Math.max(this.#askedMs, startedMs);
    this.#moveTo(found);
    return found;
  }

  /**
   * What a server says when it is asked after a time, if it can be written to. When no client is left it is not asked: it would be
   * connected to again, for nobody.
   */
  async #answerOf(server: Server, sinceMs: number): Promise<Primary | undefined> {
    let state: ServerState | undefined;
    do {
      if (this.#clients.size === 0) return undefined;
      state = await server.ask();
    } while (state !== undefined && state.askedMs < sinceMs); // that was an older question.
    return state?.timeline === undefined ? undefined : { ...state, timeline: state.timeline };
  }

  /**
   * Of several, as when a former primary does not know yet that it was replaced, the one on the latest timeline. A server on an
   * earlier one than was seen before is never it. Among equals it is the present one.
   */
  #newestOf(primaries: readonly Primary[]): Primary | undefined {
    const latest = Math.max(this.#primary?.timeline ?? 0, ...primaries.map(({ timeline }) => timeline));
    const newest = primaries.filter(({ timeline }) => timeline === latest);
    return newest.find(({ server }) => server === this.#primary?.server) ?? newest[0];
  }

  #moveTo(found: Primary): void {
    const before = this.#primary;
    this.#primary = found;
    if (before === undefined || before.server === found.server) return;
    const { logger } = this.#options;
    logger.warn(
      { from: addressOf(before.server), to: addressOf(found.server) },
      "eventfold: another server has taken over",
    );
    for (const [client, server] of this.#clients) {
      if (server !== undefined && server !== found.server) {
        client.giveUp(new Error("Another server has taken over, so the connection to the one before was given up."));
      }
    }
  }

  /** No other try helps when all servers that answer refuse the client itself. */
  #throwIfRefused(): void {
    const refusals = this.#servers.map(({ obstacle }) => obstacle).filter((obstacle) => obstacle !== undefined);
    const isFinal = (error: unknown) => sqlstateOf(error) !== undefined && !isConnectionLoss(error);
    if (refusals.length === this.#servers.length && refusals.some(isFinal)) throw refusals.find(isFinal);
  }

  #noPrimaryError(): Error {
    const cause = this.#servers.map(({ obstacle }) => obstacle).find((obstacle) => obstacle !== undefined);
    const addresses = this.#servers.map(addressOf).join(", ");
    return new Error(`None of the servers can be written to: ${addresses}.`, { cause });
  }
}

function addressOf({ host, port }: Server): string {
  return `${host}:${port}`;
}
