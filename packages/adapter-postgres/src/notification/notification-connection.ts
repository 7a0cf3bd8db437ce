import { randomUUID } from "node:crypto";
import { StorageFailedError, StorageUnavailableError } from "@eventfold/types";
import type { ClientConfig } from "pg";
import { escapeIdentifier } from "pg";
import { withTimeout } from "../connection/with-timeout.ts";
import { clientFrom } from "../servers/primary-client.ts";
import type { RevocableClient } from "../servers/revocable-client.ts";

/** What {@link NotificationConnection} is made from. */
export interface NotificationConnectionOptions {
  readonly config: ClientConfig;
  readonly channel: string;
  /** How long connecting, and each answer, may take. */
  readonly timeoutMs: number;
  /** Sends a notification the way that writers do. */
  readonly notify: (payload: string) => Promise<void>;
  readonly onNotification: () => void;
  /** Called once, when the connection is gone after it was opened; until then `open` rejects. */
  readonly onLost: (error: unknown) => void;
}

/** A notification that a connection has sent to itself and waits for. */
interface Proof {
  readonly nonce: string;
  readonly arrive: () => void;
  readonly fail: (error: unknown) => void;
}

const CLOSE_TIMEOUT_MS = 1_000;

function unheardError(): Error {
  return new StorageFailedError(
    "Notifications do not arrive on the connection that listens, as behind a pooler in transaction mode. " +
      "Give a `listenConnectionString` past the pooler to the same database, or open with `notifications: false`.",
  );
}

/** One connection that listens. It is not reconnected: when it is lost, open another. */
export class NotificationConnection {
  readonly #options: NotificationConnectionOptions;
  readonly #client: RevocableClient;
  readonly #channel: string;
  #proof: Proof | undefined;
  #isOpen = false;
  #isListening = false;
  #lastAnswer: Promise<unknown> = Promise.resolve();
  #isOver = false;

  private constructor(options: NotificationConnectionOptions) {
    this.#options = options;
    this.#channel = escapeIdentifier(options.channel);
    this.#client = clientFrom({ ...options.config, keepAlive: true });
    this.#client.on("error", (error) => this.#lose(error));
    this.#client.on("end", () => this.#lose(new Error("The connection ended.")));
    this.#client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
  }

  /**
   * Connects, listens, and proves that what writers send arrives.
   *
   * @throws what the driver throws; `StorageUnavailableError` without an answer in time; `StorageFailedError` when nothing
   * arrives.
   */
  static async open(options: NotificationConnectionOptions): Promise<NotificationConnection> {
    const connection = new NotificationConnection(options);
    try {
      await connection.#awaitAnswer(() => connection.#client.connect());
      await connection.listen();
      await connection.#prove();
      connection.#isOpen = true;
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Takes notifications from now on. */
  async listen(): Promise<void> {
    await this.#awaitAnswer(async () => {
      if (this.#isListening) return;
      await this.#client.query(`listen ${this.#channel}`);
      this.#isListening = true;
    });
  }

  /** Stops notifications until {@link listen} is called: each would wake the server and the client for nothing. */
  async unlisten(): Promise<void> {
    this.#isListening = false; // at once: a caller that wants to listen meanwhile has to say so again.
    await this.#awaitAnswer(() => this.#client.query(`unlisten ${this.#channel}`));
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  // Sends a notification and waits for it: through a pooler `LISTEN` succeeds, and nothing ever comes.
  async #prove(): Promise<void> {
    const nonce = randomUUID();
    const arrived = new Promise<void>((arrive, fail) => {
      this.#proof = { nonce, arrive, fail };
    });
    arrived.catch(() => {}); // it may be lost while the notification is still being sent.
    await this.#options.notify(nonce);
    await withTimeout(arrived, this.#options.timeoutMs, unheardError).catch(async (error: unknown) => {
      await this.check(); // if nothing at all comes through, a pooler is not the reason.
      throw error;
    });
    this.#proof = undefined;
  }

  /** Asks the server for a sign of life; a connection that is only half open gives none. */
  async check(): Promise<void> {
    await this.#awaitAnswer(() => this.#client.query("select 1"));
  }

  /** Ends the connection: orderly, or by force when the server does not answer. */
  async close(): Promise<void> {
    this.#isOver = true;
    const ended = this.#client.end();
    ended.catch(() => {});
    await withTimeout(ended, CLOSE_TIMEOUT_MS, () => new Error("no answer")).catch(() => {});
    this.#client.giveUp();
  }

  #receive(payload: string): void {
    if (payload === this.#proof?.nonce) this.#proof.arrive();
    else this.#options.onNotification();
  }

  #lose(error: unknown): void {
    if (this.#isOver) return;
    void this.close();
    if (this.#isOpen) this.#options.onLost(error);
    else this.#proof?.fail(error);
  }

  /** Runs work once the work before has been answered: the driver takes one query at a time. */
  #awaitAnswer<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#lastAnswer.then(() => {
      const working = work();
      working.catch(() => {}); // it may reject after the time-out.
      return withTimeout(working, this.#options.timeoutMs, () => {
        return new StorageUnavailableError("The connection that listens for notifications did not answer in time.");
      });
    });
    this.#lastAnswer = answer.catch(() => {}); // the caller is told, and closes the connection.
    return answer;
  }
}
