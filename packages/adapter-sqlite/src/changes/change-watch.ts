import { WakeUps } from "@eventfold/store/adapter";
import type { Logger } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import type { DatabaseFile } from "../connection/database-file.ts";
import { StatementCache } from "../connection/statement-cache.ts";

/** How often to look whether another process has committed. A look costs some microseconds. */
const LOOK_EVERY_MS = 25;

/** What a watch works with. */
export interface ChangeWatchOptions {
  readonly client: Client;
  readonly file: DatabaseFile;
  /** A statement that yields one value, which differs after every change by others that listeners are to be told of. */
  readonly version: string;
  /** Whether there can be others. */
  readonly isShared: boolean;
  readonly logger: Logger;
}

/**
 * Tells listeners that something may have changed: what this adapter changes at once, what others change as soon as the version
 * shows it, which is looked at only while somebody listens.
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  readonly #listeners: WakeUps;
  #looking: NodeJS.Timeout | undefined;
  /** `undefined` when the file was found to be gone. */
  #seenVersion: number | undefined = -1;
  #isClosed = false;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#listeners = new WakeUps(options.logger);
  }

  /** Calls the listener from now on. Returns what ends it. */
  listen(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    if (this.#options.isShared && !this.#isClosed && this.#looking === undefined) this.#startLooking();
    return () => {
      remove();
      if (this.#listeners.size === 0) this.#stopLooking();
    };
  }

  /** Looks now: after a change of one's own, where the version shows that too. */
  look(): void {
    if (this.#looking !== undefined) this.#look(() => this.announce());
  }

  /** Calls all listeners. */
  announce(): void {
    this.#listeners.wake();
  }

  /** Calls all listeners, so that they find out that nothing more comes, and stops looking. */
  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
    this.announce();
  }

  #stopLooking(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #startLooking(): void {
    this.#look(() => {});
    this.#looking = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  #look(onNewVersion: () => void): void {
    const { client, file, version, logger } = this.#options;
    if (!client.open) {
      this.close(); // with the adapter whose connection it is
      return;
    }
    if (client.inTransaction) return; // it holds the write lock, so nobody else commits
    if (file.isReplaced) {
      if (this.#seenVersion !== undefined) this.announce(); // nothing more comes, as readers find out
      this.#seenVersion = undefined;
      return;
    }
    try {
      const found = Number(StatementCache.of(client).prepared(version).get()?.[0]);
      if (found === this.#seenVersion) return;
      this.#seenVersion = found;
      onNewVersion();
    } catch (error) {
      logger.warn({ error }, "Could not look for changes by other processes; the next look may.");
    }
  }
}
