import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import type { KeyStorageAdapter } from "@eventfold/events";
import type { EventStorageAdapter } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { type DatabasePlace, openEvents, openKeys } from "./database-place.ts";

/** New, empty storage for events and keys. */
export interface Database {
  /** Where other processes find it; `undefined` if they cannot. */
  readonly place: DatabasePlace | undefined;
  openEvents(): Promise<EventStorageAdapter>;
  /** Opens an adapter on the keys; in memory it is the same every time. */
  openKeys(): Promise<KeyStorageAdapter>;
  /** Removes everything. What was opened is closed by then. */
  dispose(): Promise<void>;
}

/** A kind of database, by its name. */
export interface DatabaseKind {
  readonly name: string;
  readonly create: () => Promise<Database>;
}

/** Those that several processes can use. */
export const SHARED_DATABASES: readonly DatabaseKind[] = [
  {
    name: "SQLite",
    create: async () => {
      const place = await mkdtemp(join(tmpdir(), "eventfold-protection-"));
      return databaseAt({ kind: "sqlite", place }, () => rm(place, { recursive: true, force: true }));
    },
  },
  {
    name: "PostgreSQL",
    create: async () => {
      const server = await startPostgres();
      return databaseAt({ kind: "postgres", place: server.connectionString }, () => server.stop());
    },
  },
];

/** All of them. */
export const DATABASES: readonly DatabaseKind[] = [
  {
    name: "memory",
    create: async () => {
      const [events, keys] = [await MemoryEventStorageAdapter.open(), await MemoryKeyStorageAdapter.open()];
      return { place: undefined, openEvents: async () => events, openKeys: async () => keys, dispose: async () => {} };
    },
  },
  ...SHARED_DATABASES,
];

function databaseAt(place: DatabasePlace, remove: () => Promise<unknown>): Database {
  const opened: { close(): Promise<void> }[] = [];
  const kept = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const adapter = await opening;
    opened.push(adapter);
    return adapter;
  };
  return {
    place,
    openEvents: () => kept(openEvents(place)),
    openKeys: () => kept(openKeys(place)),
    async dispose() {
      for (const adapter of opened.toReversed()) await adapter.close();
      await remove();
    },
  };
}
