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
    return { open: (options) => SqliteEventStorageAdapter.open({ filename, ...options }), dispose: folder.dispose };
  },
});
