import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { expect, it } from "vitest";
import { expectOneAtATime } from "../src/lock-check.ts";
import { runLocks } from "../src/lock-run.ts";

it("one process at a time has a lock in SQLite, though one is killed and one is frozen", {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "eventfold-locks-"));
  const filename = join(folder, "processing.db");
  await (await SqliteProcessingStorageAdapter.open({ filename })).close(); // so that no process waits for the tables
  expectOneAtATime(await runLocks({ kind: "sqlite", filename }));
  expect.assertions(4);
  await rm(folder, { recursive: true, force: true });
});
