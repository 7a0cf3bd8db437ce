import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { eventStorageModelTest } from "@eventfold/testing/model";
import * as vitest from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { IS_SOAK } from "./sizes.ts";

eventStorageModelTest(vitest, {
  name: "SQLite",
  programs: IS_SOAK ? 50_000 : 150,
  create: async () => {
    const folder = await freshFolder();
    const filename = join(folder.path, "events.db");
    // Nothing crashes here, and the disk would take most of the time.
    const options = { filename, synchronous: "normal" } as const;
    return { open: (own) => SqliteEventStorageAdapter.open({ ...options, ...own }), dispose: folder.dispose };
  },
});
