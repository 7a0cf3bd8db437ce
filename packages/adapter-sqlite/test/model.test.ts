import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { eventStorageModelTest } from "@eventfold/testing/model";
import * as vitest from "vitest";
import { freshFolder } from "./fresh-folder.ts";

eventStorageModelTest(vitest, {
  name: "SQLite",
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "events.db");
    // Nothing crashes here, and the disk would take most of the time.
    const options = { filename, synchronous: "normal" } as const;
    return { open: (own) => SqliteEventStorageAdapter.open({ ...options, ...own }), dispose: folder.dispose };
  },
});
