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
  /** Whether other connections can commit to the same database. */
  readonly isShared: boolean;
  readonly logger: Logger;
}

/**
 * Tells listeners that events may have been committed: by this adapter at once, by others as soon as SQLite's
 * `data_version` shows it, which is looked at only while somebody listens.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_data_version
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions;
  readonly #listeners: WakeUps;
  #looking: NodeJS.Timeout | undefined;
  #seenVersion = -1;
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

  /** Calls all listeners. */
  announce(): void {
    this.#listeners.wake();
  }

  /** Calls all listeners, who are to find out that there is nothing to be had any more, and looks no more. */
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
    this.#looking = setInterval(() => this.#look(() => this.announce()), LOOK_EVERY_MS);
  }

  #look(onNewVersion: () => void): void {
    const { client, file, logger } = this.#options;
    if (client.inTransaction) return; // it holds the write lock, so nobody else commits
    if (file.isReplaced) {
      this.announce(); // nothing comes any more, as those find out who read
      return;
    }
    try {
      const version = Number(StatementCache.of(client).prepared("PRAGMA data_version").get()?.[0]);
      if (version === this.#seenVersion) return;
      this.#seenVersion = version;
      onNewVersion();
    } catch (error) {
      logger.warn({ error }, "Could not look for changes by other processes; the next look may.");
    }
  }
}
