import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { LOG, scanned } from "./scanned.ts";
import { IS_SOAK } from "./sizes.ts";

const KILLS = IS_SOAK ? 50 : 5;

describe("a process that is killed while it publishes", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  beforeEach(async () => {
    folder = await freshFolder();
  });
  afterEach(() => folder.dispose());

  it(`loses no acknowledged event and leaves no half publish, ${KILLS} times (rule 20)`, {
    timeout: KILLS * 20_000,
  }, async () => {
    const filename = join(folder.path, "events.db");
    const acknowledged: string[] = [];
    for (let run = 0; run < KILLS; run++) {
      const child = startChild("publish-in-a-loop.ts", [filename, String(run)]);
      await child.printed(5);
      await delay(Math.random() * 200);
      child.process.kill("SIGKILL");
      await child.ended;
      acknowledged.push(...child.lines.filter((line) => line.length === 3 * 36 + 2));
      await expectWhole(filename, acknowledged);
    }
  });
});

async function expectWhole(filename: string, acknowledged: readonly string[]): Promise<void> {
  await using adapter = await SqliteEventStorageAdapter.open({ filename });
  const stored = await scanned(adapter, LOG);
  const ids = new Set(stored.map(({ id }) => id));
  expect(acknowledged.flatMap((line) => line.split(" ")).filter((id) => !ids.has(id))).toEqual([]);
  const perStream = Map.groupBy(stored, ({ stream }) => stream);
  for (const events of perStream.values()) {
    expect(events.length % 3).toBe(0);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
  }
}
