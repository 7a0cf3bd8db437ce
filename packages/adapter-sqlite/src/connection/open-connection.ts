import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Deadline } from "@eventfold/store/adapter";
import {
  NotADatabaseError,
  StorageAccessDeniedError,
  StorageFailedError,
  StorageReadOnlyError,
  StorageUnavailableError,
} from "@eventfold/types";
import BetterSqlite3 from "better-sqlite3";
import type { Client } from "./client.ts";
import { DatabaseFile } from "./database-file.ts";
import { translateError } from "./translate-error.ts";
import { untilNotBusy } from "./until-not-busy.ts";

/** How a connection is to be opened. */
export interface ConnectionOptions {
  readonly filename: string;
  readonly synchronous: "full" | "normal";
  /** When to stop waiting for others that hold the database. */
  readonly deadline: Deadline;
  /**
   * Rejects what must not be opened, before anything of it is changed or made: opening puts a file into write-ahead mode. A file
   * that is not there is shown to it as an empty database.
   */
  readonly checkContent?: ((client: Client) => Promise<void>) | undefined;
}

/** A connection, and the file that it was opened to. */
export interface OpenedConnection {
  readonly client: Client;
  readonly file: DatabaseFile;
}

/** Whether a database of this name lives in memory. */
export function isInMemory(filename: string): boolean {
  return filename === ":memory:";
}

/**
 * Opens a connection that is safe to write events with: in write-ahead mode, flushed at every commit.
 *
 * @throws `NotADatabaseError`, `StorageReadOnlyError`, `StorageAccessDeniedError`, `StorageUnavailableError`,
 * `StorageBusyError`, or `StorageFailedError` on a file system that cannot have a write-ahead log.
 */
export async function openConnection({
  filename,
  synchronous,
  deadline,
  checkContent,
}: ConnectionOptions): Promise<OpenedConnection> {
  const path = isInMemory(filename) ? undefined : resolve(filename); // whatever the working directory is later
  if (path !== undefined) checkPlace(path);
  if (checkContent !== undefined && path !== undefined && !existsSync(path)) await checkEmpty(checkContent);
  const client = openClient(path ?? ":memory:");
  try {
    await checkContent?.(client);
    await untilNotBusy(() => configure(client, { filename, synchronous }), deadline);
    return { client, file: path === undefined ? DatabaseFile.inMemory : DatabaseFile.at(path) };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function checkEmpty(checkContent: (client: Client) => Promise<void>): Promise<void> {
  const client = openClient(":memory:");
  try {
    await checkContent(client);
  } finally {
    client.close();
  }
}

/** What the driver is built for. An older Node does not refuse the driver, but ends with a segmentation fault. */
const NEEDED_NODE_API = 10;

function openClient(filename: string): Client {
  if (Number(process.versions.napi) < NEEDED_NODE_API) {
    throw new StorageFailedError(`better-sqlite3 13 needs Node 22.14 or newer; this is ${process.version}.`);
  }
  try {
    return new BetterSqlite3(filename, { timeout: 0 });
  } catch (error) {
    throw translateError(error);
  }
}

function configure(
  client: Client,
  { filename, synchronous }: Pick<ConnectionOptions, "filename" | "synchronous">,
): void {
  // A second connection to a file in write-ahead mode would otherwise start with synchronous=normal.
  client.pragma(`synchronous = ${synchronous === "full" ? "FULL" : "NORMAL"}`);
  client.pragma("fullfsync = ON"); // macOS: only this reaches the platter
  client.pragma("checkpoint_fullfsync = ON");
  const encoding = client.pragma("encoding", { simple: true }); // the first look at the file
  if (encoding !== "UTF-8") {
    throw new NotADatabaseError(
      `The database must be encoded in UTF-8, so that names sort by code point; it is ${encoding}.`,
    );
  }
  const mode = client.pragma("journal_mode = WAL", { simple: true });
  if (mode !== (isInMemory(filename) ? "memory" : "wal")) {
    throw new StorageFailedError(
      `The file system does not allow a write-ahead log: the journal mode stayed ${JSON.stringify(mode)}.`,
    );
  }
  client.pragma("journal_size_limit = 67108864"); // a huge publish must not leave a huge file behind
  client.pragma("schema_version"); // a read, which opens the log
}

/** Faults that SQLite would report only at the first write, or not distinguish. */
function checkPlace(path: string): void {
  if (!existsSync(dirname(path))) {
    throw new StorageUnavailableError(`There is no directory ${JSON.stringify(dirname(path))} for the database.`);
  }
  const isThere = existsSync(path);
  if (isThere) refuseNonFile(path);
  if (isThere && !isAllowed(path, constants.R_OK)) {
    throw new StorageAccessDeniedError(`The file ${JSON.stringify(path)} cannot be read.`);
  }
  // SQLite keeps the write-ahead log next to the file, so the directory must be writable too.
  for (const place of isThere ? [path, dirname(path)] : [dirname(path)]) {
    if (!isAllowed(place, constants.W_OK))
      throw new StorageReadOnlyError(`${JSON.stringify(place)} cannot be written to.`);
  }
}

/** @throws `NotADatabaseError` for a directory and what else is there that is no file. */
export function refuseNonFile(path: string): void {
  if (!statSync(path).isFile()) throw new NotADatabaseError(`${JSON.stringify(path)} is not a file.`);
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
