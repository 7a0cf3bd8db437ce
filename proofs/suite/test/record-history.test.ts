import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore, newEvent, positionIs, predicate, streamExists } from "@eventfold/store";
import {
  appendToFile,
  assertHistory,
  operationsOf,
  parseHistory,
  printHistory,
  printOperation,
  recordHistory,
} from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";

const names = { category: "c", stream: "s" };
const event = () => newEvent({ name: "n", payload: { __proto__: null, at: new Date(0) }, observedAt: new Date(0) });

async function recorded(options: Parameters<typeof recordHistory>[1] = { process: "p" }) {
  return recordHistory(new EventStore({ adapter: await MemoryEventStorageAdapter.open() }), options);
}

describe("recordHistory", () => {
  it("notes every call with how it ended, and passes on what the store says", async () => {
    const { store, history } = await recorded();
    const first = event();
    const stored = await store.stream(names).publish({ events: [first] });
    expect(stored.isRepeat).toBe(false);
    expect((await store.stream(names).publish({ events: [first] })).isRepeat).toBe(true);
    await expect(store.stream(names).publish({ events: [event()], condition: positionIs(4) })).rejects.toMatchObject({
      code: "UNMET_WRITE_CONDITION",
    });
    await expect(store.publish([{ ...names, stream: "t", events: [first] }])).rejects.toMatchObject({
      code: "DUPLICATE_EVENT_ID",
    });
    await expect(store.stream(names).publish({ events: [] })).rejects.toThrow(RangeError);
    await store.category("c").publish({ streams: [{ stream: "s", condition: streamExists() }] });
    expect(await store.eventById(first.id)).toEqual(stored[0]);
    expect(await store.category("c").latest()).toEqual(stored[0]);
    for await (const _ of store.stream(names).scan({ direction: "backwards", limit: 1 })) break;
    expect(await store.log().read()).toEqual([...stored]);
    expect(operationsOf(history()).map(printOperation)).toEqual([
      "p#1: publish 1 event to c/s → stored (sequence numbers 1)",
      "p#2: publish 1 event to c/s → repeat (sequence numbers 1)",
      "p#3: publish 1 event to c/s if positionIs(4) → unmet: c/s is at position 0",
      `p#4: publish 1 event to c/t → duplicate ids ${first.id}`,
      "p#5: publish nothing to c/s → failed with A publish needs at least one event.",
      "p#6: publish nothing to c/s if streamExists() → stored nothing",
      `p#7: event by id ${first.id} → read (sequence numbers 1)`,
      "p#8: latest of category/c → read (sequence numbers 1)",
      "p#9: scan stream/c/s backwards, at most 1 → broken-off (sequence numbers 1)",
      "p#10: scan the log forwards → read (sequence numbers 1)",
    ]);
    assertHistory(history());
  });

  it("notes what predicates answer", async () => {
    const { store, history } = await recorded();
    const condition = predicate("is empty", (latest) => latest === undefined);
    await store.stream(names).publish({ events: [event()], condition });
    await expect(store.stream(names).publish({ events: [event()], condition })).rejects.toMatchObject({
      unmet: [{ latestPosition: 0 }],
    });
    await store.log().read();
    assertHistory(history());
    expect(operationsOf(history()).map(({ outcome }) => outcome)).toMatchObject([
      { kind: "stored", answers: [{ predicate: 1, latestPosition: -1, holds: true }] },
      { kind: "unmet", answers: [{ predicate: 1, latestPosition: 0, holds: false }] },
      { kind: "read" },
    ]);
  });

  it("notes what a follower sees as it sees it", async () => {
    const { store, history } = await recorded();
    const ending = new AbortController();
    await store.stream(names).publish({ events: [event(), event()] });
    const following = (async () => {
      for await (const { position } of store.log().follow({ after: 1, signal: ending.signal })) {
        if (position === 1) ending.abort();
      }
    })();
    await expect(following).rejects.toMatchObject({ name: "AbortError" });
    await store.log().read();
    assertHistory(history());
    const { call, outcome, sights } = operationsOf(history())[1] ?? {};
    expect(call).toMatchObject({ kind: "follow", constraints: [{ kind: "sequence-number-after", sequenceNumber: 1 }] });
    expect(outcome?.kind).toBe("failed");
    expect(sights?.flatMap(({ events }) => events)).toHaveLength(1);
  });

  it("writes lines of JSON that are read again as they were, also when the last is cut", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eventfold-history-"));
    const file = join(folder, "p.jsonl");
    const append = appendToFile(file);
    const memory = await recorded();
    const { store, history } = await recorded({ process: "p", onLine: append });
    for (const each of [memory.store, store]) await each.stream(names).publish({ events: [event()] });
    for (const each of [memory.store, store]) await each.log().read();
    expect(history()).toEqual([]);
    expect(parseHistory(printHistory(memory.history()))).toEqual(memory.history());
    const text = await readFile(file, "utf8");
    assertHistory(parseHistory(text));
    expect(parseHistory(text.slice(0, -10))).toEqual(parseHistory(text).slice(0, -1));
    expect(() => parseHistory("{}\n")).toThrow(RangeError);
    await rm(folder, { recursive: true });
  });

  it("tells the recordings of several processes apart", async () => {
    const { store, history } = await recorded();
    await store.log().read();
    expect(() => operationsOf([...history(), ...history()])).toThrow(/The history has two calls p#1/);
    expect(() => operationsOf(history().slice(1))).toThrow(/lacks the beginning of the call p#1/);
  });
});
