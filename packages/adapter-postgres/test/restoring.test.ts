import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { queryRows } from "./query-rows.ts";
import { BATCH_EVENTS, batchBehind } from "./restored-batch.ts";
import { testServer } from "./test-server.ts";

const server = await testServer({ dedicated: true });
const rounds = process.env.EVENTFOLD_SOAK === undefined ? 2 : 20;

/** Restores batches until that fails, and returns how many events were acknowledged. */
async function restoredUntilFailure(adapter: PostgresEventStorageAdapter, count: number): Promise<number> {
  for (let restored = count; ; restored += BATCH_EVENTS) {
    try {
      await adapter.restore(batchBehind(restored));
    } catch {
      return restored;
    }
  }
}

describe.each(["log", "stream"] as const)("restoring under the ordering guarantee %j", (orderingGuarantee) => {
  it("leaves whole batches when the server is killed, and goes on behind them (rule 29)", async () => {
    const connectionString = await server.createDatabase();
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee });
    const log = new EventStore({ adapter }).log();
    let count = 0;
    for (let round = 0; round < rounds; round += 1) {
      const failing = restoredUntilFailure(adapter, count);
      while (((await log.latest())?.sequenceNumber ?? 0) < count + 2 * BATCH_EVENTS) await new Promise(setImmediate);
      await server.process?.kill("SIGKILL");
      const acknowledged = await failing;
      await server.process?.start();
      count = (await log.read()).length;
      expect(count % BATCH_EVENTS).toBe(0);
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      await adapter.restore(batchBehind(count));
      count += BATCH_EVENTS;
    }
    const stream = new EventStore({ adapter }).stream({ category: "accounts", stream: "s-1" });
    const [next] = await stream.publish({ events: [{ name: "moved", payload: null }] });
    expect(next).toMatchObject({ position: count / 10, sequenceNumber: count + 1 });
  });

  it("notices a trigger that keeps events from being inserted, and stores nothing", async () => {
    const connectionString = await server.createDatabase();
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee });
    await queryRows(
      connectionString,
      `create function eventfold.skip() returns trigger language plpgsql as 'begin return null; end';
       create trigger skip before insert on eventfold.events for each row when (new.position > 3) execute function eventfold.skip()`,
    );
    await expect(adapter.restore(batchBehind(0))).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(await new EventStore({ adapter }).log().read()).toEqual([]);
  });

  it("holds readers who cannot be told its bound until the batch is committed, whose numbers jump too far", async () => {
    const connectionString = await server.createDatabase();
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee });
    const [first] = batchBehind(0).events;
    if (first === undefined) throw new Error("A batch has events.");
    let number = 0;
    let isOver = false;
    const watching = (async () => {
      let horizon = 0;
      while (!isOver) {
        const next = await adapter.storage.horizon({ kind: "log" });
        expect(next).toBeGreaterThanOrEqual(horizon);
        horizon = next;
        const latest = await adapter.storage.latest({ kind: "log" });
        expect(latest?.sequenceNumber ?? 0).toBeGreaterThanOrEqual(horizon); // whatever is at or below it is there
      }
    })();
    for (let n = 0; n < 20; n += 1) {
      const newest = n === 0 ? undefined : { sequenceNumber: number, id: first.id.replace(/..$/, String(9 + n)) };
      number += 2 ** 32 + 5;
      const event = { ...first, id: first.id.replace(/..$/, String(10 + n)), position: n, sequenceNumber: number };
      await adapter.restore({ newest, events: [event] });
    }
    isOver = true;
    await watching;
  });
});
