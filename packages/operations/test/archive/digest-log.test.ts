import { describe, expect, it } from "vitest";
import { LogDigester } from "../../src/archive/log-digester.ts";
import { copyLog, digestLog, parseLogDigest } from "../../src/index.ts";
import { openEmptyLog, openSampleLog, publishSamples } from "../support/sample-log.ts";

const event = {
  ...{
    id: "0190a000-0000-7000-8000-000000000001",
    name: "n",
    category: "c",
    stream: "s",
    position: 0,
    sequenceNumber: 1,
  },
  ...{ version: 1, observedAtMs: 5, occurredAtMs: 6, tags: ["t"], payload: "1", metadata: "{}" },
};

function digestOf(...events: readonly (typeof event)[]): string {
  const digester = new LogDigester();
  digester.add(events);
  return digester.digest(1_000_000).digest;
}

describe("digestLog", () => {
  it("gives the same for the same events, whichever log they are in", async () => {
    const log = await openSampleLog();
    const copy = await openEmptyLog();
    await copyLog({ from: log, to: copy });
    expect(await digestLog({ of: copy })).toEqual(await digestLog({ of: log }));
  });

  it("adds up each category, and the log", async () => {
    const { upTo, events, categories } = await digestLog({ of: await openSampleLog() });
    expect({ upTo, events }).toEqual({ upTo: 10, events: 10 });
    expect(categories.map(({ category, events: count }) => [category, count])).toEqual([
      ["orders", 6],
      ["users", 4],
    ]);
  });

  it("stays the same up to a number when events follow", async () => {
    const log = await openSampleLog();
    const before = await digestLog({ of: log });
    await publishSamples(log, { events: 5, from: 10 });
    expect(await digestLog({ of: log, upTo: 10 })).toEqual(before);
    expect((await digestLog({ of: log })).digest).not.toBe(before.digest);
  });

  it.each(Object.keys(event) as (keyof typeof event)[])("depends on the %s of each event", (member) => {
    const value = event[member];
    const changed = typeof value === "number" ? value + 1 : Array.isArray(value) ? ["u"] : `${value}0`;
    expect(digestOf({ ...event, [member]: changed })).not.toBe(digestOf(event));
  });

  it.each([
    [
      { name: "ab", category: "c" },
      { name: "a", category: "bc" },
    ],
    [
      { payload: "12", metadata: "3" },
      { payload: "1", metadata: "23" },
    ],
    [{ tags: ["a", "b"] }, { tags: ["ab"] }],
    [
      { tags: ["a"], metadata: "" },
      { tags: [], metadata: "a" },
    ],
  ])("tells %j from %j", (one, other) => {
    expect(digestOf({ ...event, ...one })).not.toBe(digestOf({ ...event, ...other }));
  });

  it("takes marks after every 100,000 events, or where it is told to", async () => {
    const many = Array.from({ length: 250_000 }, (_, n) => ({ ...event, sequenceNumber: 2 * n + 1 }));
    const digester = new LogDigester();
    digester.add(many);
    const { marks } = digester.digest(600_000);
    expect(marks.map(({ upTo, events }) => [upTo, events])).toEqual([
      [199_999, 100_000],
      [399_999, 200_000],
    ]);
    const again = new LogDigester(marks.map(({ upTo }) => upTo));
    again.add(many.filter(({ sequenceNumber }) => sequenceNumber !== 199_999));
    const [first, second] = again.digest(600_000).marks;
    expect([first?.events, second?.events]).toEqual([99_999, 199_999]);
    const same = new LogDigester(marks.map(({ upTo }) => upTo));
    same.add(many);
    expect(same.digest(600_000).marks).toEqual(marks);
  });

  it("is aborted with the reason of the signal", async () => {
    const reason = new Error("enough");
    await expect(digestLog({ of: await openSampleLog(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("parseLogDigest", () => {
  it("reads what JSON.stringify writes", async () => {
    const digest = await digestLog({ of: await openSampleLog() });
    expect(parseLogDigest(JSON.stringify(digest))).toEqual(digest);
  });

  it.each([
    ["[]", "must be a JSON object"],
    ['{"kind":"other"}', '"kind"'],
    ['{"kind":"eventfold-digest-1","upTo":-1}', '"upTo"'],
    ['{"kind":"eventfold-digest-1","upTo":1,"events":1,"digest":"no"}', "SHA-256"],
  ])("refuses %s", (text, message) => {
    expect(() => parseLogDigest(text)).toThrow(RangeError);
    expect(() => parseLogDigest(text)).toThrow(message);
  });
});
