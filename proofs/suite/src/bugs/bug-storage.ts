import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StorageUnderTest } from "@eventfold/testing";
import { Pool } from "pg";
import type { SourceBug } from "./source-bug.ts";

let storages = 0;
let pool: Pool | undefined;

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
      // One pool for all, and nobody listens: to open connections would take longer than to find the bug.
      pool ??= new Pool({ connectionString: process.env.BUG_DATABASE, max: 20 });
      const options = { pool, notifications: false, schema: `bug_${process.pid}_${storages}` };
      return {
        open: (settings) => PostgresEventStorageAdapter.open({ ...options, ...settings }),
        dispose: async () => {}, // the whole database is dropped in the end
      };
    }
  }
}
