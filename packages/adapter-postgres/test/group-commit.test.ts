import { type EventQueryItem, matchesAny, type OrderingGuarantee } from "@eventfold/store/adapter";
import { describe, expect, it } from "vitest";
import { planFlush } from "../src/writing/flush-plan.ts";
import { GroupCommit } from "../src/writing/group-commit.ts";
import type { Publish } from "../src/writing/publish.ts";

interface Asked {
  readonly streams: readonly string[];
  readonly category?: string;
  readonly isConditional?: boolean;
  readonly id?: number;
  readonly bytes?: number;
  readonly tags?: readonly string[];
  readonly failIf?: readonly EventQueryItem[];
  readonly isOnlyJudged?: boolean;
}

type TestPublish = Publish & { readonly asked: Asked };

function publish(asked: Asked): TestPublish {
  const { streams, category = "c", isConditional = false, id, bytes = 100, tags, failIf, isOnlyJudged = false } = asked;
  const event = { name: "n", payload: "1", metadata: null, version: 1, observedAtMs: 0, occurredAtMs: 0, tags: [] };
  const allowed = isConditional ? { positions: [-1], complement: false } : undefined;
  const events = [
    ...(id === undefined ? [] : [{ ...event, id: String(id) }]),
    ...(tags ? [{ ...event, id: tags, tags }] : []),
  ];
  const writes = streams.map((stream) => ({ category, stream, allowed, events }));
  const condition = { failIf: failIf && { items: failIf, after: 0 }, isOnlyJudged };
  return { asked, writes, bytes, deadlineMs: 0, ...condition, resolve: () => {}, reject: () => {} } as never;
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
    [
      "defers a condition that an event of an earlier one matches, and no other condition",
      [
        { streams: ["a"], tags: ["x", "y"], failIf: [{ tags: ["x"] }] },
        { streams: ["b"], tags: ["x"], failIf: [{ tags: ["z"] }, { tags: ["y", "x"] }] },
        { streams: ["c"], failIf: [{ tags: ["x", "z"] }] },
        { streams: ["d"], failIf: [{ names: ["m"] }] },
        { streams: ["e"], failIf: [{ names: ["m", "n"] }] },
        { streams: ["f"], failIf: [{ names: ["m"], tags: ["x"] }] },
        { streams: ["g"], failIf: [{ names: ["n"], tags: ["x"] }] },
      ],
      [0, 2, 3, 5],
    ],
    [
      "takes an event that a condition of an earlier one matches: it is judged before",
      [
        { streams: ["a"], failIf: [{ tags: ["x"] }] },
        { streams: ["b"], tags: ["x"] },
      ],
      [0, 1],
    ],
    [
      "does not count the library's own events, which match nothing",
      [
        { streams: ["a"], category: "$own", tags: ["x"] },
        { streams: ["b"], failIf: [{ tags: ["x"] }] },
      ],
      [0, 1],
    ],
    [
      "lets one that is only judged be in nobody's way, and nobody in its",
      [
        { streams: ["a"], isConditional: true, tags: ["x"], failIf: [{ tags: ["y"] }], isOnlyJudged: true },
        { streams: ["a"], isConditional: true, tags: ["z"], failIf: [{ tags: ["x"] }] },
        { streams: ["a"], isConditional: true, tags: ["z"], failIf: [{ tags: ["z"] }], isOnlyJudged: true },
        { streams: ["b"], failIf: [{ tags: ["z"] }] },
      ],
      [0, 1, 2],
    ],
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

  it("takes no condition that an event matches which is being written", () => {
    const waiting = [
      publish({ streams: ["a"], failIf: [{ tags: ["x"] }] }),
      publish({ streams: ["b"], failIf: [{ tags: ["y"] }] }),
      publish({ streams: ["c"], failIf: [{ tags: ["z"] }] }),
    ];
    const written = [
      publish({ streams: ["d"], tags: ["x"] }),
      publish({ streams: ["e"], tags: ["z"], isOnlyJudged: true }),
    ];
    const { flush } = planFlush(waiting, { ...unlimited, inFlight: new Set([written]) });
    expect(flush).toEqual([waiting[1], waiting[2]]);
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
        for (const { asked } of publishes as TestPublish[]) {
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

  interface Answered {
    readonly orderingGuarantee?: OrderingGuarantee;
    /** Tags of an event with number 1 that somebody else has stored before. */
    readonly elsewhere?: readonly string[];
  }

  /** Submits publishes at once to a queue before a server that judges and numbers them, and returns the flushes, as streams. */
  async function flushesOf(
    all: readonly TestPublish[],
    { orderingGuarantee = "log", elsewhere }: Answered = {},
  ): Promise<readonly string[]> {
    const flushes: string[] = [];
    const stored = elsewhere === undefined ? [] : [{ name: "n", tags: elsewhere }];
    const done = Promise.withResolvers<void>();
    let left = all.length;
    const queue = new GroupCommit({
      orderingGuarantee,
      maxWriters: 1,
      flush: async (publishes) => {
        flushes.push((publishes as TestPublish[]).map(({ asked }) => asked.streams.join("+")).join(" "));
        await new Promise(setImmediate);
        const before = [...stored];
        for (const each of publishes as TestPublish[]) {
          const { items = [], after = 0 } = each.failIf ?? {};
          const match = before.findIndex((event, index) => index + 1 > after && matchesAny(items, event));
          if (match === -1 && each.isOnlyJudged) {
            Object.assign(each, { isOnlyJudged: false, wasOnlyJudged: true });
            queue.submit(each);
            continue;
          }
          if (match === -1) stored.push({ name: "n", tags: each.asked.tags ?? [] });
          Object.assign(each, match === -1 ? { firstNumber: stored.length } : { matchedNumber: match + 1 });
          left -= 1;
        }
        if (left === 0) done.resolve();
      },
    });
    for (const each of all) queue.submit(each);
    await done.promise;
    return flushes;
  }

  const rivalsFor = (count: number, items: (rival: number) => readonly EventQueryItem[]): readonly TestPublish[] =>
    Array.from({ length: count }, (_, n) =>
      publish({ streams: [`r${n}`], tags: ["seat", `s:${n}`], failIf: items(n) }),
    );
  const streamsOf = (publishes: readonly TestPublish[]) => publishes.map(({ asked }) => asked.streams[0]).join(" ");
  const oneTag = () => [{ tags: ["seat"] }];
  const eitherTag = (n: number) => [{ tags: ["seat"] }, { tags: [`s:${n}`] }];

  describe.each<OrderingGuarantee>(["log", "category", "stream"])("under %s", (orderingGuarantee) => {
    it.each([
      ["the same query", oneTag],
      ["queries that have an item in common", eitherTag],
    ])("writes 64 rivals by %s in two flushes: one is stored, and the others are only judged", async (_, items) => {
      const rivals = rivalsFor(64, items);
      expect(await flushesOf(rivals, { orderingGuarantee })).toEqual(["r0", streamsOf(rivals.slice(1))]);
      expect(rivals.map(({ isOnlyJudged }) => isOnlyJudged)).toEqual(rivals.map((__, n) => n > 0));
    });

    it.each([
      ["the same query", oneTag],
      ["queries that have an item in common", eitherTag],
    ])("writes 64 rivals by %s in two flushes when somebody else was first", async (_, items) => {
      const rivals = rivalsFor(64, items);
      const answered = { orderingGuarantee, elsewhere: ["seat"] };
      expect(await flushesOf(rivals, answered)).toEqual(["r0", streamsOf(rivals.slice(1))]);
      expect(rivals.every(({ matchedNumber }) => matchedNumber === 1)).toBe(true);
    });
  });

  it("stores those that were wrongly suspected, and suspects them no more", async () => {
    const rivals = rivalsFor(4, eitherTag);
    // Somebody has taken the first's own place, not that which all of them look at.
    expect(await flushesOf(rivals, { elsewhere: ["s:0"] })).toEqual(["r0", "r1 r2 r3", "r1", "r2 r3"]);
    expect(rivals.map(({ firstNumber }) => firstNumber)).toEqual([undefined, 2, undefined, undefined]);
  });

  it("does not only judge one that was asked for in the knowledge of what matches", async () => {
    const rivals = rivalsFor(3, oneTag);
    Object.assign(rivals[2] ?? {}, { failIf: { items: [{ tags: ["seat"] }], after: 1 } }); // it knows of the first
    expect(await flushesOf(rivals)).toEqual(["r0", "r1 r2"]);
    expect(rivals.map(({ firstNumber }) => firstNumber)).toEqual([1, undefined, 2]);
  });
});
