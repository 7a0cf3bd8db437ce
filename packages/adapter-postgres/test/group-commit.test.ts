import { describe, expect, it } from "vitest";
import { planFlush } from "../src/writing/flush-plan.ts";
import { GroupCommit } from "../src/writing/group-commit.ts";
import type { Publish } from "../src/writing/publish.ts";

interface Asked {
  readonly streams: readonly string[];
  readonly isConditional?: boolean;
  readonly id?: number;
  readonly bytes?: number;
}

function publish({ streams, isConditional = false, id, bytes = 100 }: Asked): Publish & { readonly asked: Asked } {
  const event = { name: "n", payload: "1", metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0 };
  const allowed = isConditional ? { positions: [-1], complement: false } : undefined;
  const writes = streams.map((stream) => ({
    ...{ category: "c", stream, allowed, events: id === undefined ? [] : [{ ...event, id: String(id) }] },
  }));
  return { asked: { streams, id }, writes, bytes, deadlineMs: 0, resolve: () => {}, reject: () => {} } as never;
}

const unlimited = { inFlight: new Set<readonly Publish[]>(), maxPublishes: 10_000 };

describe("planFlush", () => {
  it.each<[string, Asked[], number[]]>([
    [
      "takes any number without condition on one stream",
      [{ streams: ["a"] }, { streams: ["a"] }, { streams: ["a"] }],
      [0, 1, 2],
    ],
    [
      "defers a condition on a stream that was touched",
      [{ streams: ["a"] }, { streams: ["a"], isConditional: true }, { streams: ["b"] }],
      [0, 2],
    ],
    [
      "takes a condition on a stream that was not",
      [{ streams: ["a"] }, { streams: ["b"], isConditional: true }, { streams: ["b"] }],
      [0, 1, 2],
    ],
    [
      "lets nothing overtake what was deferred, on any of its streams",
      [
        { streams: ["a"] },
        { streams: ["a", "b"], isConditional: true },
        { streams: ["b"] },
        { streams: ["a"] },
        { streams: ["c"] },
      ],
      [0, 4],
    ],
    [
      "defers an id that is in the flush already",
      [
        { streams: ["a"], id: 1 },
        { streams: ["b"], id: 1 },
        { streams: ["c"], id: 2 },
      ],
      [0, 2],
    ],
    [
      "ends at 4 MB",
      [
        { streams: ["a"], bytes: 3e6 },
        { streams: ["b"], bytes: 3e6 },
        { streams: ["c"], bytes: 1e6 },
      ],
      [0, 2],
    ],
    ["takes one publish of any size", [{ streams: ["a"], bytes: 3e9 }, { streams: ["b"] }], [0]],
  ])("%s", (_, asked, taken) => {
    const waiting = asked.map(publish);
    const { flush, rest } = planFlush(waiting, unlimited);
    expect(flush.map((one) => waiting.indexOf(one as never))).toEqual(taken);
    expect(rest).toEqual(waiting.filter((one) => !flush.includes(one)));
  });

  it("takes nothing of a stream or an id that is being written", () => {
    const waiting = [
      publish({ streams: ["a"] }),
      publish({ streams: ["b"], id: 1 }),
      publish({ streams: ["c"], id: 2 }),
    ];
    const { flush } = planFlush(waiting, { ...unlimited, inFlight: new Set([[publish({ streams: ["a"], id: 1 })]]) });
    expect(flush).toEqual([waiting[2]]);
  });
});

describe("GroupCommit", () => {
  it("writes each stream in order of arrival, whatever is under way at once", async () => {
    const written = new Map<string, number[]>();
    let underWay = 0;
    let most = 0;
    const queue = new GroupCommit({
      orderingGuarantee: "log",
      maxWriters: 4,
      flush: async (publishes) => {
        underWay += 1;
        most = Math.max(most, underWay);
        for (let turn = Math.random() * 4; turn > 0; turn -= 1) await new Promise(setImmediate);
        for (const { asked } of publishes as ReturnType<typeof publish>[]) {
          for (const stream of asked.streams) written.set(stream, [...(written.get(stream) ?? []), asked.id ?? -1]);
        }
        underWay -= 1;
        left -= publishes.length;
        if (left === 0) done.resolve();
      },
    });
    const done = Promise.withResolvers<void>();
    let left = 5_000;
    const expected = new Map<string, number[]>();
    for (let id = 0; id < 5_000; id += 1) {
      const streams = [...new Set([id % 3 === 0 ? "hot" : `s${id % 97}`, ...(id % 50 === 0 ? [`s${id % 89}`] : [])])];
      for (const stream of streams) expected.set(stream, [...(expected.get(stream) ?? []), id]);
      queue.submit(publish({ streams, id, isConditional: id % 7 === 0 }));
      if (id % 100 === 0) await new Promise(setImmediate);
    }
    await done.promise;
    expect(most).toBe(2);
    expect(written).toEqual(expected);
  });
});
