import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageUnderTest } from "@eventfold/testing";
import type { SourceBug } from "./source-bug.ts";

let storages = 0;

/** Fresh storage of an adapter, whose source is loaded only now. */
export async function bugStorage(adapter: SourceBug["adapter"]): Promise<StorageUnderTest> {
  switch (adapter) {
    case "memory": {
      const { MemoryEventStorageAdapter } = await import("@eventfold/adapter-memory");
      return { open: (settings) => MemoryEventStorageAdapter.open(settings), dispose: async () => {} };
    }
    case "sqlite": {
      const { SqliteEventStorageAdapter } = await import("@eventfold/adapter-sqlite");
      const folder = await mkdtemp(join(tmpdir(), "eventfold-bug-"));
      const filename = join(folder, "events.db");
      return {
        open: (settings) => SqliteEventStorageAdapter.open({ filename, synchronous: "normal", ...settings }),
        dispose: () => rm(folder, { recursive: true }),
      };
    }
    case "postgres": {
      const { PostgresEventStorageAdapter } = await import("@eventfold/adapter-postgres");
      storages += 1;
      const schema = `bug_${process.pid}_${storages}`;
      // Nobody listens, and few connections are opened: opening more would take longer than finding the bug.
      const options = {
        connectionString: process.env.BUG_DATABASE ?? "",
        schema,
        notifications: false,
        maxConnections: 4,
      };
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, ...settings }),
        dispose: async () => {}, // the whole database is dropped in the end
      };
    }
  }
}
