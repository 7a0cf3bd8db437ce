import { randomUUID } from "node:crypto";
import { MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { type ClaimRequest, consumeAll, ProcessingControl, retry, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { describe, expect, it, onTestFinished } from "vitest";
import { copyLog } from "../../src/index.ts";
import { openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

async function openProcessing(): Promise<MemoryProcessingStorageAdapter> {
  const adapter = await MemoryProcessingStorageAdapter.open();
  onTestFinished(() => adapter.close());
  return adapter;
}

type Log = Awaited<ReturnType<typeof openSampleLog>>;

/** A subscription to the whole log that fails for one event, and keeps what it has handled. */
function recording(adapter: Log, failing: number | undefined) {
  const handled: number[] = [];
  const recorder = subscription({
    name: "recorder",
    source: new EventStore({ adapter }).log(),
    partitions: 3,
    handleEvent: ({ sequenceNumber }) => {
      if (sequenceNumber === failing) throw new Error("of the handler");
      handled.push(sequenceNumber);
    },
    onFailure: retry({ times: 0 }).then("park"),
  });
  return { recorder, handled };
}

describe("copyLog with subscriptions", () => {
  it("takes checkpoints and parked events along, so that each goes on behind what it has handled", async () => {
    const from = await openSampleLog();
    const to = await openEmptyLog();
    const [source, target] = [await openProcessing(), await openProcessing()];
    const before = recording(from, 4);
    await consumeAll(before.recorder, { storage: source });
    const copied = await copyLog({ from, to, subscriptions: { from: source, to: target } });
    expect(copied).toMatchObject({ events: 10, subscriptions: ["recorder"] });
    expect(before.handled).toHaveLength(9);

    const control = new ProcessingControl({ storage: target });
    const parked: unknown[] = [];
    for await (const event of control.parked("recorder")) parked.push(event);
    expect(parked).toMatchObject([
      { sequenceNumber: 4, attempts: 1, error: expect.stringContaining("of the handler") },
    ]);
    await publishSamples(to, { events: 2, from: 10 });
    const after = recording(to, undefined);
    await consumeAll(after.recorder, { storage: target });
    expect(after.handled.sort((a, b) => a - b)).toEqual([11, 12]);
  });

  it("parks no longer what was handled since an earlier copy", async () => {
    const [from, to] = [await openSampleLog(), await openEmptyLog()];
    const [source, target] = [await openProcessing(), await openProcessing()];
    const copy = () => copyLog({ from, to, subscriptions: { from: source, to: target } });
    await consumeAll(recording(from, 4).recorder, { storage: source });
    await copy();
    await new ProcessingControl({ storage: source }).replay("recorder", { kind: "all" });
    await publishSamples(from, { events: 2, from: 10 });
    await consumeAll(recording(from, 11).recorder, { storage: source });
    await copy();
    const parked: number[] = [];
    for await (const { sequenceNumber } of new ProcessingControl({ storage: target }).parked("recorder")) {
      parked.push(sequenceNumber);
    }
    expect(parked).toEqual([11]);
  });

  it("does not say that it took along what it could not store", async () => {
    const [from, to] = [await openSampleLog(), await openEmptyLog()];
    const [source, target] = [await openProcessing(), await openProcessing()];
    await consumeAll(recording(from, 4).recorder, { storage: source });
    const { storage } = target;
    const claim = async (request: ClaimRequest) => {
      const claimed = await storage.claim(request);
      await storage.endSession(request.session);
      const rival = randomUUID();
      await storage.beginSession({ id: rival, name: "rival", leaseMs: 60_000 });
      await storage.claim({ session: rival, partitions: claimed });
      return claimed;
    };
    const evicting = new Proxy(storage, {
      get: (on, name) => (name === "claim" ? claim : Reflect.get(on, name).bind(on)),
    });
    const rivalled = Object.create(target, { storage: { value: evicting } });
    await expect(copyLog({ from, to, subscriptions: { from: source, to: rivalled } })).rejects.toMatchObject({
      code: "SUBSCRIPTION_BUSY",
      nodes: ["rival"],
    });
  });
});
