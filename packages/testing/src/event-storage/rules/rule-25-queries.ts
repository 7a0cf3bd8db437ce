import assert from "node:assert/strict";
import {
  type EventQuery,
  eventsMatch,
  nameIn,
  positionAfter,
  type SourceConstraint,
  type StoredEvent,
  sequenceNumberAfter,
  taggedWith,
} from "@eventfold/store";
import { collectedPages } from "../observe/collected.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectionOf, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { FILLED_STREAM } from "./filled-log.ts";
import { generatedConstraints, isAdmitted, isMatch } from "./generated-constraints.ts";
import { ODD_TAGS } from "./odd-tags.ts";
import { generatedQuery, LOG_TAGS, taggedLog } from "./tagged-log.ts";

const NAMES = { category: "courses", stream: "c1" };
const noted = (name: string, ...tags: readonly string[]) => ({ name, payload: null, tags });
const payloadsOf = (events: readonly StoredEvent[]): readonly unknown[] => events.map(({ payload }) => payload);

/** A query of as many items as asked for, each with a tag of its own. */
function queryOf(count: number, prefix = "t"): EventQuery {
  const [first, ...rest] = Array.from({ length: count }, (_, n) => ({ tags: [`${prefix}${n}`] }));
  return eventsMatch(first ?? { tags: [prefix] }, ...rest);
}

/** Rule 25: queries by names and tags. */
export const queries: readonly StorageRuleTest[] = [
  ruleTest(
    25,
    "a scan by generated queries and constraints is the filter of the full scan, for every scope, direction and limit",
    async ({ store, otherStore, random, sizes }) => {
      const log = await taggedLog(store, random, 400);
      for (const { identifier, source, includes } of sourcesOf(otherStore, FILLED_STREAM)) {
        const all = log.filter(includes);
        for (let round = 0; round < sizes.cases; round += 1) {
          const others = generatedConstraints(random, { log: all, allowsPositions: identifier.kind === "stream" });
          const own = Array.from({ length: random.integer(1, 2) }, () => generatedQuery(random));
          const constraints = random.chance(0.5) ? own : random.shuffle([...own, ...others]);
          const admitted = all.filter((event) => constraints.every((constraint) => isAdmitted(constraint, event)));
          const direction = random.chance(0.5) ? "forwards" : "backwards";
          const limit = random.chance(0.3) ? random.integer(1, 40) : undefined;
          const expected = (direction === "forwards" ? admitted : admitted.toReversed()).slice(0, limit);
          const read = await source.read({ constraints: constraints as SourceConstraint[], direction, limit });
          assertSame(read, expected, JSON.stringify({ identifier, constraints, direction, limit }));
        }
      }
    },
  ),
  ruleTest(
    25,
    "one of the items is enough, one of the names of an item, and all of its tags",
    async ({ store, otherStore }) => {
      const stream = store.stream(NAMES);
      const events = [
        noted("enrolled", "course:c1", "student:s1"),
        noted("enrolled", "course:c2", "student:s1"),
        noted("renamed", "course:c1"),
        noted("closed", "course:c1"),
        noted("enrolled"),
        noted("other", "student:s1", "course:c1"),
      ].map((event, n) => ({ ...event, payload: n }));
      await stream.publish({ events });
      const found = async (...constraints: readonly SourceConstraint[]) =>
        payloadsOf(await otherStore.log().read({ constraints }));
      assertSame(await found(taggedWith("course:c1")), [0, 2, 3, 5]);
      assertSame(await found(taggedWith("course:c1", "student:s1")), [0, 5]);
      assertSame(await found(eventsMatch({ names: ["enrolled"] })), [0, 1, 4]);
      assertSame(await found(eventsMatch({ names: ["enrolled"], tags: ["course:c1"] })), [0]);
      assertSame(await found(eventsMatch({ names: ["enrolled", "closed"], tags: ["course:c1"] })), [0, 3]);
      assertSame(await found(eventsMatch({ tags: ["course:c2"] }, { names: ["closed", "renamed"] })), [1, 2, 3]);
      assertSame(await found(eventsMatch(taggedWith("course:c2"), taggedWith("student:s1"))), [0, 1, 5]);
      assertSame(await found(taggedWith("course:c1"), taggedWith("student:s1"), nameIn("other", "renamed")), [5]);
      assertSame(await found(eventsMatch({ names: ["enrolled"] }), eventsMatch({ names: ["closed"] })), []);
      assertSame(await found(taggedWith("course:c3")), []);
      const [, middle] = await stream.read();
      assertSame(await found(taggedWith("course:c1"), sequenceNumberAfter(middle?.sequenceNumber ?? 0)), [2, 3, 5]);
      assertSame(
        payloadsOf(await otherStore.stream(NAMES).read({ constraints: [taggedWith("course:c1"), positionAfter(2)] })),
        [3, 5],
      );
    },
  ),
  ruleTest(25, "tags are compared exactly: each of many that look alike finds its own events", async ({ store }) => {
    const events = ODD_TAGS.flatMap((tag, n) => [noted("single", tag), noted("pair", tag, `n:${n}`), noted(tag)]);
    await store.stream(NAMES).publish({ events });
    for (const [n, tag] of ODD_TAGS.entries()) {
      const constraints = [taggedWith(tag)];
      const found = await store.log().read({ constraints });
      assertSame(
        found.map(({ name, tags }) => ({ name, tags })),
        [
          { name: "single", tags: [tag] },
          { name: "pair", tags: [tag, `n:${n}`] },
        ],
        `events with the tag ${JSON.stringify(tag)}`,
      );
      const both = await store.category(NAMES.category).read({ constraints: [taggedWith(`n:${n}`, tag)] });
      assertSame(both, found.slice(1));
      const next = ODD_TAGS[(n + 1) % ODD_TAGS.length] ?? "";
      assertSame(await store.log().read({ constraints: [taggedWith(tag, next)] }), []);
    }
  }),
  ruleTest(
    25,
    "queries find rare events among many, and many among many, across pages, forwards and backwards",
    async ({ store, otherStore, random, sizes }) => {
      const log = await taggedLog(store, random, sizes.manyEvents);
      const wanted = [
        ...LOG_TAGS.map((tag) => taggedWith(tag)),
        taggedWith("all", "half"),
        taggedWith("all", "rare"),
        taggedWith("rare", "all", "half"),
        eventsMatch({ tags: ["half"] }, { tags: ["some"] }, { tags: ["half", "few"] }),
        eventsMatch({ tags: ["few"], names: ["paid"] }, { names: ["closed"] }),
      ];
      for (const query of wanted) {
        const expected = log.filter((event) => isMatch(query.items, event));
        const constraints = [query];
        assertSame(await otherStore.log().read({ constraints }), expected, JSON.stringify(query.items));
        const backwards = await otherStore.log().read({ constraints, direction: "backwards" });
        assertSame(backwards, expected.toReversed(), `${JSON.stringify(query.items)} backwards`);
        const last = await otherStore.log().read({ constraints, direction: "backwards", limit: 1 });
        assertSame(last, expected.slice(-1), `the latest of ${JSON.stringify(query.items)}`);
      }
    },
  ),
  ruleTest(25, "a query may have 100 items, and finds an event once that matches many", async ({ store }) => {
    const tags = Array.from({ length: 100 }, (_, n) => `t${n}`);
    const stored = await store.stream(NAMES).publish({
      events: [
        noted("all", ...tags),
        noted("none"),
        noted("one", "t57"),
        noted("two", "t99", "t0"),
        noted("x", "t100"),
      ],
    });
    const expected = [stored[0], stored[2], stored[3]];
    assertSame(await store.log().read({ constraints: [queryOf(100)] }), expected);
    assertSame(await store.log().read({ constraints: [queryOf(100)], direction: "backwards" }), expected.toReversed());
    assertSame(await store.log().read({ constraints: [queryOf(10), queryOf(10)] }), [stored[0], stored[3]]);
    const [first = "", ...rest] = tags;
    assertSame(await store.log().read({ constraints: [taggedWith(first, ...rest)] }), [stored[0]]);
  }),
  ruleTest(
    25,
    "a follower by a query shows what matches, of what is there and of what is published, and passes over the rest",
    async ({ store, otherStore }) => {
      const stream = store.stream(NAMES);
      const mixed = [noted("x", "a"), noted("x"), noted("y", "a", "b"), noted("y", "b")];
      const before = await stream.publish({ events: mixed });
      for (const { source } of sourcesOf(otherStore, NAMES)) {
        const after = (before[0]?.sequenceNumber ?? 1) - 1;
        const constraints = [eventsMatch({ tags: ["a"] }, { names: ["y"], tags: ["c"] })];
        const follower = source.follow({ after, constraints });
        for (const event of await source.read({ constraints })) assertSame((await follower.next()).value, event);
        const waiting = follower.next();
        const published = await stream.publish({ events: [...someEvents(2), noted("x", "c"), noted("y", "c", "d")] });
        assertSame((await waiting).value, published[3]);
        const again = follower.next();
        const more = await stream.publish({ events: mixed });
        assertSame((await again).value, more[0]);
        assertSame((await follower.next()).value, more[2]);
        await follower.return?.(undefined);
      }
    },
  ),
  ruleTest(25, "pages of a follower by a query say that the rest was read too", async ({ store }) => {
    const stored = await store.stream(NAMES).publish({ events: [noted("x", "a"), noted("x"), noted("x")] });
    for (const { source } of sourcesOf(store, NAMES)) {
      const end = new AbortController();
      const pages = source.followPages({ constraints: [taggedWith("a")], signal: end.signal })[Symbol.asyncIterator]();
      const shown: StoredEvent[] = [];
      for (let upTo = 0; upTo < (stored[2]?.sequenceNumber ?? 0); ) {
        const page = await pages.next();
        assert.ok(!page.done, "the follower does not end");
        shown.push(...page.value.events);
        upTo = page.value.upTo;
      }
      assertSame(shown, [stored[0]]);
      const waiting = pages.next();
      const [passedOver] = await store.stream(NAMES).publish({ events: [noted("x", "b")] });
      assertSame((await waiting).value, { events: [], upTo: passedOver?.sequenceNumber, isEnd: true });
      end.abort();
    }
  }),
  ruleTest(25, "a category that begins with $ is read by queries as any other", async ({ adapter, store }) => {
    const own = { category: "$own", stream: "s", allowed: undefined };
    const events = [["a"], ["b"], ["a", "b"]].map((tags, n) => preparedEvent(n, { tags }));
    await adapter.storage.save({ writes: [{ ...own, events }] });
    const [shown] = await store.stream(NAMES).publish({ events: [noted("x", "a")] });
    const bounds = { matching: [{ tags: ["a"] }] };
    const read = (source: Parameters<typeof adapter.storage.scan>[0]) =>
      collectedPages(adapter.storage.scan(source, everything({ bounds })));
    assertSame(payloadsOf(await read({ kind: "category", category: "$own" })), [0, 2]);
    assertSame(payloadsOf(await read({ kind: "stream", category: "$own", stream: "s" })), [0, 2]);
    assertSame(await read({ kind: "log" }), [shown]);
  }),
  ruleTest(25, "an adapter admits nothing by an empty list of items", async ({ adapter, store }) => {
    await store.stream(NAMES).publish({ events: [noted("x", "a"), noted("x")] });
    for (const source of [{ kind: "log" }, { kind: "category", category: NAMES.category }] as const) {
      for (const direction of ["forwards", "backwards"] as const) {
        const scan = adapter.storage.scan(source, everything({ bounds: { matching: [] }, direction }));
        assertSame(await collectedPages(scan), []);
      }
    }
  }),
  ruleTest(
    25,
    "what is no query is refused: by the factories at once, and by a scan at its first step",
    async ({ store }) => {
      const bad: readonly (readonly [typeof TypeError | typeof RangeError, unknown])[] = [
        [RangeError, {}],
        [RangeError, { tags: [] }],
        [RangeError, { names: [], tags: ["a"] }],
        [RangeError, { tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }],
        [TypeError, { tags: "a" }],
        [TypeError, null],
        [TypeError, 5],
      ];
      for (const [expected, item] of bad) {
        assert.throws(() => eventsMatch(item as never), expected, JSON.stringify(item));
        const constraints = [{ kind: "events-match", items: [item] }] as never;
        await rejectsWithClass(store.log().scan({ constraints }).next(), expected);
      }
      for (const tag of ["", "\u0000", "\ud800", "x".repeat(256), 5 as never]) {
        assert.throws(() => taggedWith(tag), { code: "INVALID_NAME" });
        const constraints = [{ kind: "events-match", items: [{ tags: [tag] }] } as const];
        const error = await rejectionOf(store.log().read({ constraints }));
        assertSame((error as { readonly code?: unknown }).code, "INVALID_NAME");
      }
      assert.throws(() => queryOf(101), RangeError);
      await rejectsWithClass(store.log().read({ constraints: [queryOf(11), queryOf(10, "u")] }), RangeError);
      await rejectsWithClass(
        store
          .log()
          .follow({ constraints: [queryOf(11), queryOf(10, "u")] })
          .next(),
        RangeError,
      );
    },
  ),
];
