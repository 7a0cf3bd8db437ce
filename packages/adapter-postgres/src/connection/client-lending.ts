import { StorageBusyError } from "@eventfold/types";
import type { Pool, PoolClient } from "pg";
import { withTimeout } from "./with-timeout.ts";

/**
 * Lends the connections of a pool. What comes back is kept until the turn of the event loop ends: whoever has just been
 * answered often asks again within it, and the way through the pool costs more than a small read does beside the driver.
 */
export class ClientLending {
  readonly #pool: Pool;
  readonly #returned: PoolClient[] = [];
  #release: NodeJS.Immediate | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
    pool.on("connect", listenForLoss);
  }

  /** Lends a connection that came back within this turn, if there is one. */
  kept(): PoolClient | undefined {
    return this.#returned.pop();
  }

  /**
   * Lends a connection of the pool, waiting for one at most so long.
   *
   * @throws what the driver throws, untranslated; `StorageBusyError` when none was free in time.
   */
  async lend(timeoutMs: number): Promise<PoolClient> {
    const connecting = this.#pool.connect();
    const client = await withTimeout(connecting, timeoutMs, () => {
      connecting.then(
        (late) => late.release(),
        () => {},
      );
      return new StorageBusyError("No connection to PostgreSQL was free in time.");
    });
    client.on("error", ignored);
    return client;
  }

  /** Takes a connection back; one that `isLost` is discarded. Where others wait for one, it is theirs at once. */
  takeBack(client: PoolClient, { isLost }: { readonly isLost: boolean }): void {
    if (isLost || this.#pool.waitingCount > 0) {
      pass(client, isLost);
      return;
    }
    this.#returned.push(client);
    this.#release ??= setImmediate(() => this.#passAll());
  }

  /** Gives to the pool what is kept. */
  #passAll(): void {
    clearImmediate(this.#release);
    this.#release = undefined;
    for (const client of this.#returned.splice(0)) pass(client, false);
  }

  /** Gives back what is kept, and leaves the pool as it was. */
  end(): void {
    this.#passAll();
    this.#pool.off("connect", listenForLoss);
  }
}

function pass(client: PoolClient, isLost: boolean): void {
  client.release(isLost);
  client.off("error", ignored);
}

/**
 * A server that ends a connection in the same breath as it accepts it is heard of before the pool's caller is: in between
 * nobody else listens. The connection is seen to be lost by its first use.
 */
function listenForLoss(client: PoolClient): void {
  client.on("error", ignored);
}

// The driver rejects the query as well; without a listener the event would end the process.
function ignored(): void {}
