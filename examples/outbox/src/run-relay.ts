import { LockManager, type ProcessingStorageAdapter } from "@eventfold/processing";
import { deliverByHttp } from "./deliver-by-http.ts";
import type { Outbox } from "./outbox.ts";
import { relay } from "./relay.ts";

/** What a relay process is made of. */
export interface RelayProcess {
  /** Of this process, kept across restarts: what a killed process held is then free again at once. */
  readonly name: string;
  /** Where the lock is kept that lets one relay work at a time. */
  readonly storage: ProcessingStorageAdapter;
  readonly outbox: Outbox;
  /** Where messages are posted to. */
  readonly url: string;
}

/** Relays until SIGTERM, as soon as no other process does. Rejects when the database cannot be reached: start it again then. */
export async function runRelay({ name, storage, outbox, url }: RelayProcess): Promise<void> {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  await using locks = new LockManager({ name, storage, logger: console });
  try {
    await locks.withLock("outbox-relay", { signal: stop.signal }, ({ signal }) =>
      relay(outbox, { deliver: deliverByHttp(url), signal, onFailure: console.error }),
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error; // else it was told to stop while it waited for the lock
  }
}
