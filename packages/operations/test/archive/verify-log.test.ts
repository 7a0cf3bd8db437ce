import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import type { EventText } from "@eventfold/store/adapter";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  copyLog,
  digestLog,
  exportLog,
  importLog,
  verifyContent,
  verifyLog,
  verifyStructure,
} from "../../src/index.ts";
import { openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

/** A log with the same events, but for what is done to them. */
async function changedCopy(
  of: MemoryEventStorageAdapter,
  change: (events: EventText[]) => readonly EventText[],
): Promise<MemoryEventStorageAdapter> {
  const adapter = await MemoryEventStorageAdapter.open();
  onTestFinished(() => adapter.close());
  const events: EventText[] = [];
  for await (const page of of.storage.storedTexts?.({ kind: "log" }, { direction: "forwards" }) ?? [])
    events.push(...page);
  await adapter.restore({ newest: undefined, events: change(events) });
  return adapter;
}

describe("verifyContent", () => {
  it("finds two logs equal that have the same events, and passes over what came later", async () => {
    const reference = await openSampleLog();
    const log = await changedCopy(reference, (events) => events);
    await publishSamples(log, { events: 1, from: 10 });
    const report = await verifyContent({ log, reference });
    expect(report).toMatchObject({ isEqual: true, categories: [], part: undefined, events: [] });
    expect(report.found).toEqual(report.expected);
    const digest = await digestLog({ of: reference });
    expect(await verifyContent({ log, reference: digest })).toEqual(report);
  });

  it("says which category differs, how many events it has, and which event was changed", async () => {
    const reference = await openSampleLog();
    const log = await changedCopy(reference, (events) =>
      events.map((event) => (event.sequenceNumber === 4 ? { ...event, payload: "4" } : event)),
    );
    const report = await verifyContent({ log, reference });
    expect(report).toMatchObject({
      isEqual: false,
      part: { after: 0, upTo: 10 },
      categories: [{ category: "users", expected: { events: 4 }, found: { events: 4 } }],
      events: [{ kind: "changed", event: { category: "users", sequenceNumber: 4 } }],
    });
    expect(await verifyContent({ log, reference: await digestLog({ of: reference }) })).toEqual({
      ...report,
      events: [],
    });
  });

  it("says which events are missing, and which were added", async () => {
    const whole = await openSampleLog();
    const lacking = await changedCopy(whole, (events) => events.slice(0, -2));
    const kinds = async (log: MemoryEventStorageAdapter, reference: MemoryEventStorageAdapter) =>
      (await verifyContent({ log, reference })).events.map(({ kind, event }) => [kind, event.sequenceNumber]);
    expect(await kinds(lacking, whole)).toEqual([
      ["missing", 9],
      ["missing", 10],
    ]);
    const without = await changedCopy(whole, (events) => events.filter(({ stream }) => stream === "s-1"));
    expect((await verifyContent({ log: whole, reference: without })).categories).toHaveLength(2);
    expect(await kinds(whole, without)).toEqual([1, 3, 5, 7, 9].map((number) => ["added", number]));
  });

  it("notices a category that is gone", async () => {
    const reference = await openSampleLog();
    const log = await changedCopy(reference, (events) => events.filter(({ category }) => category !== "users"));
    expect((await verifyContent({ log, reference })).categories).toMatchObject([
      { category: "users", expected: { events: 4 }, found: undefined },
    ]);
  });
});

describe("verifyLog", () => {
  it("reports the structure, and the content if there is a reference", async () => {
    const log = await openSampleLog();
    const structure = { faults: [], faultCount: 0, upTo: 10 };
    expect(await verifyLog({ log })).toMatchObject({ isSound: true, structure, content: undefined });
    expect(await verifyLog({ log, reference: log })).toMatchObject({ isSound: true, content: { isEqual: true } });
    expect(await verifyLog({ log: await openEmptyLog(), reference: log })).toMatchObject({ isSound: false });
  });

  it("says how far each part has come", async () => {
    const log = await openSampleLog();
    const parts: string[] = [];
    await verifyLog({ log, reference: log, onProgress: ({ part }) => parts.push(part) });
    expect([...new Set(parts)]).toEqual(["structure", "reference", "content"]);
  });

  it("refuses options that there are not, as all of these functions do", async () => {
    const log = await openSampleLog(1);
    const misspelt = { onprogress: () => undefined } as object;
    for (const call of [
      () => verifyLog({ log, ...misspelt }),
      () => verifyContent({ log, reference: log, ...misspelt }),
      () => verifyStructure({ log, ...misspelt }),
      () => digestLog({ of: log, ...misspelt }),
      () => copyLog({ from: log, to: log, ...misspelt }),
      () => exportLog({ from: log, to: "none", ...misspelt }),
      () => importLog({ from: "none", to: log, ...misspelt }),
    ]) {
      await expect(call()).rejects.toThrow('no member "onprogress"');
    }
  });

  it("refuses an adapter that cannot be inspected", async () => {
    const log = Object.create(await openSampleLog(), { inspection: { value: undefined } });
    await expect(verifyLog({ log })).rejects.toMatchObject({ code: "UNSUPPORTED_BY_ADAPTER", member: "inspection" });
  });
});
