import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { afterAll, describe } from "vitest";
import { fillAccounts } from "./support/accounts.ts";
import { configText } from "./support/config-text.ts";
import { testReading } from "./support/reading-tests.ts";

describe("on SQLite", () => {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-cli-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  testReading(async () => {
    const filename = join(directory, "app.db");
    await using events = await SqliteEventStorageAdapter.open({ filename });
    await using projections = await SqliteProjectionStorageAdapter.open({ shareWith: events });
    await fillAccounts(events, projections);
    const config = join(directory, "eventfold.config.ts");
    writeFileSync(config, configText("@eventfold/adapter-sqlite", "SqliteEventStorageAdapter", { filename }));
    return { address: `sqlite:${filename}`, config };
  });
});
