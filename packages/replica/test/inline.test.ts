import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { filter } from "@eventfold/query";
import { Replica } from "@eventfold/replica";
import { describe, expect, it } from "vitest";
import { countNotes, fillLog, notes, remainders, total } from "./events.ts";
import { freshFile } from "./fresh-folder.ts";

describe("what is folded with the events of a replica", () => {
  it("is there once the events are, and can be searched by an index", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 1_200);
    await using replica = await Replica.open({
      of: log,
      filename: await freshFile(),
      inline: countNotes,
      indexes: [{ projection: "notes", path: "state.count" }],
    });
    await replica.upTo(1_200);
    expect(await replica.projections.of(total).load({ id: "all" })).toMatchObject({ state: { count: 1_200 } });
    expect(await replica.projections.of(remainders).load({ id: "1" })).toMatchObject({ state: { count: 400 } });
    const page = await replica.projections.of(notes).search({ filters: [filter("state.count", "equal", 10)] });
    expect(page.items).toHaveLength(100);
  });

  it("folds in the order of the log, whatever order the log promises", async () => {
    await using log = await MemoryEventStorageAdapter.open({ orderingGuarantee: "stream" });
    await fillLog(log, 30);
    await using replica = await Replica.open({ of: log, filename: await freshFile(), inline: countNotes });
    await replica.upTo(30);
    expect(await replica.projections.of(total).load({ id: "all" })).toMatchObject({ state: { count: 30 } });
  });

  it("stops the replica when it fails, with nothing of the batch stored", async () => {
    await using log = await MemoryEventStorageAdapter.open();
    await fillLog(log, 10);
    const failure = new Error("cannot be folded");
    const filename = await freshFile();
    const failing = { needsOrder: "log", run: () => Promise.reject(failure) } as const;
    const replica = await Replica.open({ of: log, filename, inline: () => [failing] });
    await expect(replica.upTo(10)).rejects.toBe(failure);
    expect(replica.failure).toBe(failure);
    expect(await replica.storage.latest({ kind: "log" })).toBeUndefined();
    await replica.close();
    await using mended = await Replica.open({ of: log, filename, inline: countNotes });
    await mended.upTo(10);
    expect(await mended.projections.of(total).load({ id: "all" })).toMatchObject({ state: { count: 10 } });
  });
});
