import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore, nameIn } from "@eventfold/store";
import { expect, it } from "vitest";
import { startChild } from "./child.ts";
import { freshFolder } from "./fresh-folder.ts";
import { BATCH_EVENTS, batchBehind } from "./restored-batch.ts";
import { IS_SOAK } from "./sizes.ts";

it("has whole batches when a process is killed while it restores, and goes on behind them (rule 29)", async () => {
  for (let round = 0; round < (IS_SOAK ? 30 : 2); round++) {
    const folder = await freshFolder();
    const filename = join(folder.path, "events.db");
    const child = startChild("restore-batches.ts", [filename]);
    await child.printed(3 + round);
    child.process.kill("SIGKILL");
    await child.ended;
    await using adapter = await SqliteEventStorageAdapter.open({ filename });
    const count = (await new EventStore({ adapter }).log().read()).length;
    expect(count % BATCH_EVENTS).toBe(0);
    expect(count).toBeGreaterThanOrEqual(Number(child.lines.at(-1)));
    await adapter.restore(batchBehind(count));
    const stream = new EventStore({ adapter }).stream({ category: "accounts", stream: "s-1" });
    const [next] = await stream.publish({ events: [{ name: "moved", payload: null }] });
    expect(next).toMatchObject({ position: (count + BATCH_EVENTS) / 10, sequenceNumber: count + BATCH_EVENTS + 1 });
    await folder.dispose();
  }
});

it("passes a gap of billions of numbers in one step, whatever a scan looks for", async () => {
  await using adapter = await SqliteEventStorageAdapter.open({ filename: ":memory:" });
  const [first, , , , , , , , , , last] = batchBehind(0).events;
  if (first === undefined || last === undefined) throw new Error("A batch has more events.");
  await adapter.restore({ newest: undefined, events: [first, { ...last, sequenceNumber: 2 ** 45 }] });
  const log = new EventStore({ adapter }).log();
  for (const direction of ["forwards", "backwards"] as const) {
    for (const constraints of [[], [nameIn("moved")]]) {
      expect(await log.read({ direction, constraints })).toHaveLength(2);
    }
    expect(await log.read({ direction, constraints: [nameIn("other")] })).toEqual([]);
  }
});
