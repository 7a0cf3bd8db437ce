import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { OrderingGuarantee } from "@eventfold/store";
import { logIdentifier, type Logger } from "@eventfold/types";
import BetterSqlite3 from "better-sqlite3";
import { ReplicaMismatchError } from "./errors/replica-mismatch-error.ts";
import { createPlace, type ReplicaPlace, readPlace } from "./replica-place.ts";
import { refuseCutPage } from "./whole-pages.ts";

/** How the file of a replica is to be opened. */
export interface ReplicaFileOptions {
  readonly filename: string;
  /** That of the log. */
  readonly orderingGuarantee: OrderingGuarantee;
  readonly writeTimeoutMs?: number | undefined;
  readonly logger?: Logger | undefined;
}

/** How long the driver waits for another process that begins or ends to use the file, which takes microseconds. */
const LONGEST_BLOCK_MS = 100;

/** The file of a replica: the events, and the place up to which they were copied. */
export class ReplicaFile {
  readonly filename: string;
  readonly events: SqliteEventStorageAdapter;
  readonly #client: BetterSqlite3.Database;

  /**
   * Opens a file, and makes a replica of it when it is new.
   *
   * @throws `ReplicaMismatchError` (`REPLICA_MISMATCH`) when it has events that no replica wrote.
   * @throws `NotADatabaseError` (`NOT_A_DATABASE`) when it is no database, or was cut short.
   */
  static async open({ filename, ...options }: ReplicaFileOptions): Promise<ReplicaFile> {
    refuseCutPage(filename);
    // After a crash of the machine the newest events may be missing, and are copied again.
    const events = await SqliteEventStorageAdapter.open({ ...options, filename, synchronous: "normal" });
    let client: BetterSqlite3.Database | undefined;
    try {
      client = new BetterSqlite3(filename, { timeout: LONGEST_BLOCK_MS });
      if (readPlace(client) === undefined) await becomeReplica(filename, events);
      return new ReplicaFile(filename, { events, client });
    } catch (error) {
      client?.close();
      await events.close();
      throw error;
    }
  }

  private constructor(
    filename: string,
    { events, client }: { readonly events: SqliteEventStorageAdapter; readonly client: BetterSqlite3.Database },
  ) {
    this.filename = filename;
    this.events = events;
    this.#client = client;
  }

  /**
   * How far the file has come.
   *
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when it was deleted, moved or replaced; `AdapterClosedError` after the close.
   */
  async place(): Promise<ReplicaPlace> {
    await this.events.storage.horizon(logIdentifier()); // looks whether the file is still there
    const place = readPlace(this.#client);
    if (place !== undefined) return place;
    throw new ReplicaMismatchError({ filename: this.filename, reason: "not-a-replica", event: undefined });
  }

  async close(): Promise<void> {
    await this.events.close();
    this.#client.close();
  }
}

/** Another process may do the same at the same time: the write lock says who is first. */
async function becomeReplica(filename: string, events: SqliteEventStorageAdapter): Promise<void> {
  await events.transaction(async ({ client, storage }) => {
    if (readPlace(client) !== undefined) return;
    const newest = await storage.latest(logIdentifier());
    if (newest !== undefined) throw new ReplicaMismatchError({ filename, reason: "not-a-replica", event: newest });
    createPlace(client);
  });
}
