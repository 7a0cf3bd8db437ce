import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { runChaos } from "@eventfold/testing/chaos";
import { assertHistory } from "@eventfold/testing/history";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freshFolder } from "./fresh-folder.ts";
import { IS_SOAK } from "./sizes.ts";

const STRIKES = IS_SOAK ? 100 : 4;

describe("processes on one file that are killed and frozen", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  beforeEach(async () => {
    folder = await freshFolder();
  });
  afterEach(() => folder.dispose());

  it(`lose no acknowledged event, leave no half publish, and show each other beginnings of the log, after ${STRIKES} strikes`, {
    timeout: IS_SOAK ? 3_600_000 : 180_000,
  }, async () => {
    const filename = join(folder.path, "events.db");
    const report = await runChaos({
      script: new URL("./processes/chaos-worker.ts", import.meta.url),
      execArgv: ["--conditions=eventfold-source"],
      data: filename,
      open: () => SqliteEventStorageAdapter.open({ filename }),
      strikes: STRIKES,
    });
    assertHistory(report.history);
    expect(report.strikes).toHaveLength(STRIKES);
  });
});
