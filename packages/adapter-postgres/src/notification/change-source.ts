import { WakeUps } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import type { ClientConfig } from "pg";
import type { Connections } from "../connection/connections.ts";
import { ChangePoll } from "./change-poll.ts";
import { NotificationConnection } from "./notification-connection.ts";

/** What {@link ChangeSource} is made from. */
export interface ChangeSourceOptions {
  readonly connections: Connections;
  readonly channel: string;
  readonly logger: Logger;
  /**
   * How often listeners are woken without a notification; `undefined` for never, if the listeners look by themselves.
   */
  readonly pollIntervalMs: number | undefined;
  /**
   * How long an answer may take, and how long to wait after it before the next is requested. So a half-open connection is
   * noticed within twice that time.
   */
  readonly connectTimeoutMs: number;
}

const MAX_RECONNECT_PAUSE_MS = 5_000;

/** Wakes followers: by notifications from the server while they arrive, and by a poll all the time. */
export class ChangeSource {
  readonly #options: ChangeSourceOptions;
  readonly #listeners: WakeUps;
  readonly #poll: ChangePoll | undefined;
  #config: ClientConfig = {};
  #connection: NotificationConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isNotifying = false;
  #isClosed = false;

  constructor(options: ChangeSourceOptions) {
    this.#options = options;
    this.#listeners = new WakeUps(options.logger);
    const { pollIntervalMs } = options;
    this.#poll = pollIntervalMs === undefined ? undefined : new ChangePoll(this.#listeners, pollIntervalMs);
  }

  /** Adds a listener; the returned function removes it. */
  onChange(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    if (this.#connection?.isListening === false) void this.#resume(this.#connection);
    return remove;
  }

  /**
   * Listens for notifications from now on, and goes on after a connection was lost.
   *
   * @param config how the connection that listens is made.
   * @throws what the driver throws, or `StorageUnavailableError`, when they do not arrive.
   */
  async listen(config: ClientConfig): Promise<void> {
    this.#config = config;
    const connection = await this.#connect();
    this.#adopt(connection);
    await this.#rest(connection);
  }

  /** Wakes the listeners for events that this adapter stored, if no notification does. */
  stored({ isNotified }: { readonly isNotified: boolean }): void {
    if (!isNotified) this.#notifySoon();
    if (this.#connection === undefined) this.#listeners.wake();
  }

  /** Wakes all listeners. */
  wake(): void {
    this.#listeners.wake();
  }

  /** Ends the connection and the poll, and forgets the listeners. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#poll?.stop();
    this.#listeners.clear();
    clearTimeout(this.#timer);
    await this.#connection?.close();
  }

  #connect(): Promise<NotificationConnection> {
    const { channel, connectTimeoutMs: timeoutMs } = this.#options;
    return NotificationConnection.open({
      config: this.#config,
      channel,
      timeoutMs,
      notify: (payload) => this.#notify(payload),
      onNotification: () => this.#listeners.wake(),
      onLost: (error) => this.#lost(error),
    });
  }

  #adopt(connection: NotificationConnection): void {
    this.#connection = connection;
    this.#timer = setTimeout(() => void this.#check(connection), this.#options.connectTimeoutMs);
    this.#timer.unref();
  }

  async #check(connection: NotificationConnection): Promise<void> {
    await this.#unlessLost(connection, async () => {
      await connection.check();
      await this.#rest(connection);
      if (this.#connection === connection && !this.#isClosed) this.#adopt(connection);
    });
  }

  // If nobody here listens, each notification would still wake a process of the server and this one.
  async #rest(connection: NotificationConnection): Promise<void> {
    if (connection.isListening && this.#listeners.size === 0) await connection.unlisten();
  }

  async #resume(connection: NotificationConnection): Promise<void> {
    await this.#unlessLost(connection, async () => {
      await connection.listen();
      this.#listeners.wake(); // for what was stored before.
    });
  }

  async #unlessLost(connection: NotificationConnection, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await connection.close();
      if (this.#connection === connection) this.#lost(error);
    }
  }

  #lost(error: unknown): void {
    if (this.#isClosed) return;
    this.#connection = undefined;
    this.#options.logger.warn({ error }, "eventfold: the connection that listens for notifications was lost");
    this.#reconnectAfter(0);
  }

  #reconnectAfter(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reconnect(pauseMs), pauseMs * (0.5 + Math.random() / 2));
    this.#timer.unref();
  }

  async #reconnect(lastPauseMs: number): Promise<void> {
    try {
      const connection = await this.#connect();
      if (this.#isClosed) return void (await connection.close());
      this.#adopt(connection);
      this.#listeners.wake(); // for what was sent while nobody listened.
    } catch (error) {
      if (this.#isClosed) return;
      this.#options.logger.warn({ error }, "eventfold: cannot listen for notifications; polling meanwhile");
      this.#reconnectAfter(Math.min(MAX_RECONNECT_PAUSE_MS, Math.max(100, lastPauseMs * 2)));
    }
  }

  // Called after the commit, and only one at a time, because NOTIFY makes all commits of the server wait for one another.
  #notifySoon(): void {
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    setImmediate(() => {
      this.#isNotifying = false;
      const sent = this.#notify("");
      sent.catch((error) => this.#options.logger.warn({ error }, "eventfold: could not notify followers"));
    });
  }

  async #notify(payload: string): Promise<void> {
    const { connections, channel, connectTimeoutMs: timeoutMs } = this.#options;
    const statement = { text: "select pg_notify($1, $2)", values: [channel, payload] };
    await connections.run(statement, { turnTimeoutMs: timeoutMs, replyTimeoutMs: timeoutMs });
  }
}
