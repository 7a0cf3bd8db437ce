import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { isEventfoldError } from "@eventfold/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";
import { IS_SOAK } from "./sizes.ts";

const CREATORS = IS_SOAK ? 20 : 4;
const SHARED = { kind: "stream", category: "things", stream: "shared" } as const;

describe("several processes on one file", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "events.db");
  });
  afterEach(() => folder.dispose());

  it("gives every position to one of them, without gaps (rule 3)", async () => {
    const rounds = IS_SOAK ? 500 : 50;
    const children = Array.from({ length: 3 }, () => startChild("compete.ts", [filename, String(rounds)]));
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0]);
    const won = children.map((child) => Number(child.lines[0]));
    expect(won.reduce((sum, wins) => sum + wins)).toBe(rounds);
    await using adapter = await SqliteEventStorageAdapter.open({ filename });
    const shared = await scanned(adapter.storage, SHARED);
    expect(shared.map(({ position }) => position)).toEqual(Array.from({ length: 3 * 2 * rounds }, (_, index) => index));
  });

  it("lets one of them win what none may have that matches a tag (rule 26)", async () => {
    const rounds = IS_SOAK ? 500 : 50;
    const names = ["a", "b", "c"];
    const children = names.map((name) => startChild("compete-for-tags.ts", [filename, name, String(rounds)]));
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0]);
    const won = children.map((child) => Number(child.lines[0]));
    expect(won.reduce((sum, wins) => sum + wins)).toBe(rounds);
    await using adapter = await SqliteEventStorageAdapter.open({ filename });
    for (let round = 0; round < rounds; round++) {
      const matching = [{ tags: [`round:${round}`] }];
      expect(await scanned(adapter.storage, LOG, { bounds: { matching } })).toHaveLength(1);
    }
  });

  it(`lets ${CREATORS} of them create it at the same moment`, async () => {
    const children = Array.from({ length: CREATORS }, () => startChild("open.ts", [filename]));
    await Promise.all(children.map((child) => child.printed(1)));
    for (const child of children) child.process.stdin?.write("go\n");
    expect(await Promise.all(children.map((child) => child.ended))).toEqual(children.map(() => 0));
    await using adapter = await SqliteEventStorageAdapter.open({ filename, migrations: "check" });
    expect(await scanned(adapter.storage, LOG)).toHaveLength(CREATORS);
  });

  it("turns callers away when another process holds the lock beyond the time-out, and goes on after it (rule 5)", async () => {
    await using adapter = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 100 });
    await using patient = await SqliteEventStorageAdapter.open({ filename });
    const child = startChild("hold-lock.ts", [filename]);
    await child.printed(1);
    await expect(adapter.storage.save(saveOf("a", 1))).rejects.toMatchObject({
      code: "STORAGE_BUSY",
      isRetryable: true,
    });
    expect(await scanned(adapter.storage, LOG)).toEqual([]); // reading goes on meanwhile
    await expect(adapter.transaction(async () => {})).rejects.toMatchObject({ code: "STORAGE_BUSY" });
    const waiting = [patient.storage.save(saveOf("a", 1)), patient.storage.save(saveOf("b", 2))];
    child.process.kill("SIGKILL");
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(["stored", "stored"]);
    await child.ended;
    expect((await adapter.storage.save(saveOf("c", 3))).kind).toBe("stored");
  });

  it("wakes a listener when another process publishes (rule 18)", async () => {
    await using adapter = await SqliteEventStorageAdapter.open({ filename });
    const woken = Promise.withResolvers<void>();
    const end = adapter.onChange(() => woken.resolve());
    const child = startChild("open.ts", [filename]);
    await child.printed(1);
    child.process.stdin?.write("go\n");
    await woken.promise;
    end();
    expect(await child.ended).toBe(0);
    expect(await scanned(adapter.storage, LOG)).toHaveLength(1);
  });

  it("reports a held database as busy when it cannot even be opened in time", async () => {
    const child = startChild("hold-lock.ts", [filename]);
    await child.printed(1);
    const error = await SqliteEventStorageAdapter.open({ filename, writeTimeoutMs: 50 }).catch((cause) => cause);
    expect(isEventfoldError(error, "STORAGE_BUSY")).toBe(true);
    child.process.kill("SIGKILL");
    await child.ended;
  });
});
