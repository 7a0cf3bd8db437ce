import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { Replica } from "@eventfold/replica";
import { describe, expect, it, vi } from "vitest";
import { ReplicaFile } from "../src/replica-file.ts";
import { startChild } from "./child.ts";
import { countNotes, fillLog, notes, remainders, total } from "./events.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

const kills = process.env.EVENTFOLD_SOAK ? 40 : 2;

describe("several processes with one replica", () => {
  it("are followed on by another one when the one that follows is killed", async () => {
    const [source, filename] = [await freshFile("log.db"), await freshFile()];
    await using log = await SqliteEventStorageAdapter.open({ filename: source });
    await fillLog(log, 100);
    const first = startChild("follow.ts", [source, filename]);
    await first.printed((line) => line === "100");
    await using replica = await Replica.open({ of: log, filename, inline: countNotes });
    await replica.upTo(100);
    expect(replica.isFollowing).toBe(false);
    await fillLog(log, 10, 100);
    await replica.upTo(110); // the other process copies, this one reads
    expect(replica.isFollowing).toBe(false);
    await first.kill();
    await fillLog(log, 10, 110);
    await replica.upTo(120);
    expect(replica.isFollowing).toBe(true);
    expect(await readLog(replica)).toEqual(await readLog(log));
  });

  it("can open it while another one copies: between their looks at the place and at the newest event, too", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    const filename = await freshFile();
    await using first = await Replica.open({ of: log, filename });
    const { place } = ReplicaFile.prototype;
    const places = vi.spyOn(ReplicaFile.prototype, "place");
    for (let count = 10; count <= 30; count += 10) {
      places.mockImplementationOnce(async function (this: ReplicaFile) {
        const found = await place.call(this);
        await fillLog(log, 10, count - 10);
        await first.upTo(count);
        return found;
      });
    }
    await using second = await Replica.open({ of: log, filename });
    expect(await readLog(second)).toEqual(await readLog(log));
    places.mockRestore();
  });

  it("lose, repeat and halve nothing when they are killed while they copy and fold", async () => {
    const count = 3_000 * (kills + 1);
    const [source, filename] = [await freshFile("log.db"), await freshFile()];
    await using log = await SqliteEventStorageAdapter.open({ filename: source, synchronous: "normal" });
    await fillLog(log, count);
    const whole = await readLog(log);
    let before = 0;
    for (let kill = 0; kill < kills; kill++) {
      const child = startChild("follow.ts", [source, filename]);
      await child.printed((line) => Number(line) > before);
      await child.kill();
      before = await expectOneState(filename, whole.length);
    }
    await using replica = await Replica.open({ of: log, filename, inline: countNotes });
    await replica.upTo(count);
    expect(await readLog(replica)).toEqual(whole);
    expect(await replica.projections.of(total).load({ id: "all" })).toMatchObject({ state: { count } });
  });
});

/** Whatever moment it was: the projections have exactly the events that the file has. */
async function expectOneState(filename: string, atMost: number): Promise<number> {
  await using events = await SqliteEventStorageAdapter.open({ filename });
  await using adapter = await SqliteProjectionStorageAdapter.open({ shareWith: events });
  const projections = new ProjectionStore({ adapter });
  const { length: count } = await readLog(events);
  const found = await projections.of(total).load({ id: "all" });
  expect(found?.state.count ?? 0).toBe(count);
  expect(await projections.of(notes).count()).toBe(Math.ceil(count / 10));
  let counted = 0;
  for (const id of ["0", "1", "2"]) counted += (await projections.of(remainders).load({ id }))?.state.count ?? 0;
  expect(counted).toBe(count);
  expect(count).toBeLessThanOrEqual(atMost);
  return count;
}
