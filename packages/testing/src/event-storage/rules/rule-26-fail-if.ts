import assert from "node:assert/strict";
import {
  type BoundaryChanged,
  type EventQuery,
  EventStore,
  eventsMatch,
  newEvent,
  positionIs,
  predicate,
  type StoredEvent,
  streamIsEmpty,
  taggedWith,
} from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectionOf, rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { isMatch } from "./generated-constraints.ts";
import { ODD_TAGS } from "./odd-tags.ts";
import { generatedQuery, taggedLog } from "./tagged-log.ts";

const NAMES = { category: "courses", stream: "c1" };
const OTHER = { category: "students", stream: "s1" };
const noted = (name: string, ...tags: readonly string[]) => ({ name, payload: null, tags });

/** That an event that matches was published after a number, as a boundary that was read up to it would have it. */
const changedSince = (query: EventQuery, after: number): BoundaryChanged => ({
  kind: "boundary-changed",
  query,
  after,
});

/** Rule 26: publishes that fail if an event matches. */
export const failIf: readonly StorageRuleTest[] = [
  ruleTest(
    26,
    "a publish with a query is stored if no event ever matched, else refused with the number of the first that did",
    async ({ store, otherStore }) => {
      const query = eventsMatch({ names: ["taken"], tags: ["name:ada"] });
      await store.stream(OTHER).publish({ events: [noted("freed", "name:ada"), noted("taken", "name:bob")] });
      const entry = { ...NAMES, events: [noted("taken", "name:ada")] };
      const [[first] = []] = await store.publish([entry], { failIf: query });
      await store.publish([entry]);
      await changingNothing(store, async () => {
        const error = await rejectsWith(otherStore.publish([entry], { failIf: query }), "EVENTS_MATCHED");
        assertSame([error.sequenceNumber, error.after, error.query], [first?.sequenceNumber, 0, query]);
        assertSame([error.name, error.isRetryable, error instanceof Error], ["EventsMatchedError", false, true]);
      });
    },
  ),
  ruleTest(26, "publishes to a stream and to a category take failIf too", async ({ store }) => {
    const [stored] = await store.stream(NAMES).publish({ events: [noted("x", "a")], failIf: taggedWith("a") });
    await changingNothing(store, async () => {
      const refused = [
        store.stream(OTHER).publish({ events: [noted("x")], failIf: taggedWith("a") }),
        store.category("c").publish({ streams: [{ stream: "s", events: [noted("x")] }], failIf: taggedWith("a") }),
        store.publish([{ ...OTHER, events: [noted("x")] }], { failIf: taggedWith("a") }),
      ];
      for (const publish of refused) {
        assert.equal((await rejectsWith(publish, "EVENTS_MATCHED")).sequenceNumber, stored?.sequenceNumber);
      }
    });
    await store.category("c").publish({ streams: [{ stream: "s", events: [noted("x")] }], failIf: taggedWith("b") });
  }),
  ruleTest(
    26,
    "only events above the number count, and the first of them is named, for generated queries",
    async ({ store, otherStore, random, sizes }) => {
      const log = await taggedLog(store, random, 300);
      const numbers = log.map(({ sequenceNumber }) => sequenceNumber);
      for (let round = 0; round < sizes.cases * 2; round += 1) {
        const query = generatedQuery(random);
        const after = random.chance(0.2) ? 0 : random.pick(numbers) - random.integer(0, 1);
        const match = log.find((event) => event.sequenceNumber > after && isMatch(query.items, event));
        const entry = { category: "checks", stream: `check-${round}`, events: [{ name: "checked", payload: round }] };
        const publish = otherStore.publish([entry], { failIf: changedSince(query, after) });
        const title = JSON.stringify({ items: query.items, after });
        if (match === undefined) {
          assert.equal((await publish).flat().length, 1, title);
          continue;
        }
        const error = await rejectsWith(publish, "EVENTS_MATCHED");
        assertSame([error.sequenceNumber, error.after], [match.sequenceNumber, after], title);
      }
    },
  ),
  ruleTest(26, "each of many tags that look alike is refused for its own events alone", async ({ store }) => {
    for (const [n, tag] of ODD_TAGS.entries()) {
      const events = [noted("x", tag, "beside")];
      await store.stream({ category: "c", stream: `s${n}` }).publish({ events, failIf: taggedWith(tag) });
    }
    for (const tag of ODD_TAGS) {
      await rejectsWith(
        store.publish([{ ...NAMES, events: someEvents(1) }], { failIf: taggedWith(tag) }),
        "EVENTS_MATCHED",
      );
    }
    assert.equal((await store.log().read()).length, ODD_TAGS.length);
  }),
  ruleTest(26, "the order of judgement is repeat, duplicate, unmet condition, match", async ({ store, otherStore }) => {
    const events = [newEvent(noted("x", "a")), newEvent(noted("x", "a"))];
    const failIf = taggedWith("a");
    const first = await store.stream(NAMES).publish({ events, failIf });
    await changingNothing(store, async () => {
      const again = await otherStore.stream(NAMES).publish({ events, condition: streamIsEmpty(), failIf });
      assertSame([...again], [...first]);
      assert.equal(again.isRepeat, true, "isRepeat");
      const taken = [events[0] ?? noted("x"), newEvent(noted("x"))];
      await rejectsWith(
        otherStore.stream(NAMES).publish({ events: taken, condition: streamIsEmpty(), failIf }),
        "DUPLICATE_EVENT_ID",
      );
      for (const condition of [streamIsEmpty(), predicate("is empty", (latest) => latest === undefined)]) {
        await rejectsWith(
          otherStore.stream(NAMES).publish({ events: someEvents(1), condition, failIf }),
          "UNMET_WRITE_CONDITION",
        );
      }
      for (const condition of [positionIs(1), predicate("is x", (latest) => latest?.name === "x"), undefined]) {
        const refused = otherStore.stream(NAMES).publish({ events: someEvents(1), condition, failIf });
        assert.equal((await rejectsWith(refused, "EVENTS_MATCHED")).sequenceNumber, first[0]?.sequenceNumber);
      }
    });
  }),
  ruleTest(
    26,
    "a refused publish leaves nothing in any stream, and its ids are free",
    async ({ store, otherStore }) => {
      await store.stream(OTHER).publish({ events: [noted("x", "a")] });
      const entries = [
        { ...NAMES, events: [newEvent(noted("y", "b")), newEvent(noted("y", "c"))] },
        { category: "new", stream: "n", events: [newEvent(noted("z"))], condition: streamIsEmpty() },
      ];
      await changingNothing(store, () =>
        rejectsWith(store.publish(entries, { failIf: taggedWith("a") }), "EVENTS_MATCHED"),
      );
      const stored = await otherStore.publish(entries, { failIf: eventsMatch(taggedWith("b"), taggedWith("c")) });
      assert.equal(stored.isRepeat, false, "isRepeat");
      assertSame(
        stored.flat().map(({ position }) => position),
        [0, 1, 0],
      );
    },
  ),
  ruleTest(
    26,
    "a publish does not fail for its own events, and the next one does for them",
    async ({ store, sizes }) => {
      const many = Array.from({ length: sizes.manyEvents }, (_, n) => noted("x", "a", `n:${n}`));
      const failIf = eventsMatch({ tags: ["a"], names: ["x", "y"] }, { tags: [`n:${sizes.manyEvents - 1}`] });
      const [stored] = await store.publish([{ ...NAMES, events: many }], { failIf });
      assert.equal(stored?.length, many.length);
      const last = stored?.at(-1)?.sequenceNumber ?? 0;
      const late = changedSince(failIf, last - 1);
      const error = await rejectsWith(store.publish([{ ...OTHER, events: many }], { failIf: late }), "EVENTS_MATCHED");
      assert.equal(error.sequenceNumber, last);
      await store.publish([{ ...OTHER, events: many }], { failIf: changedSince(failIf, last) });
      assert.equal((await store.log().read()).length, many.length * 2);
    },
  ),
  ruleTest(26, "a publish that only checks may fail for a match", async ({ store }) => {
    await store.stream(NAMES).publish({ events: [noted("x", "a")] });
    const check = { ...OTHER, condition: streamIsEmpty() };
    assertSame([...(await store.publish([check], { failIf: taggedWith("b") }))], [[]]);
    await changingNothing(store, () =>
      rejectsWith(store.publish([check], { failIf: taggedWith("a") }), "EVENTS_MATCHED"),
    );
  }),
  ruleTest(26, "a query of 100 items is judged as a whole", async ({ store }) => {
    const [first, ...rest] = Array.from({ length: 100 }, (_, n) => ({ tags: [`t${n}`, "both"] }));
    const query = eventsMatch(first ?? { tags: ["both"] }, ...rest);
    const entry = { ...NAMES, events: [noted("x", "t99"), noted("x", "both")] };
    await store.publish([entry], { failIf: query });
    const [[, match] = []] = await store.publish([{ ...NAMES, events: [noted("x"), noted("x", "t57", "both")] }], {
      failIf: query,
    });
    const error = await rejectsWith(store.publish([entry], { failIf: query }), "EVENTS_MATCHED");
    assert.equal(error.sequenceNumber, match?.sequenceNumber);
  }),
  ruleTest(26, "the events of categories that begin with $ match nothing", async ({ adapter, store }) => {
    const events = [preparedEvent(1, { name: "x", tags: ["a"] })];
    await adapter.storage.save({ writes: [{ category: "$own", stream: "s", events, allowed: undefined }] });
    await store.publish([{ ...NAMES, events: someEvents(1) }], { failIf: taggedWith("a") });
    await store.publish([{ ...NAMES, events: someEvents(1) }], { failIf: eventsMatch({ names: ["x"] }) });
    assert.equal((await store.log().read()).length, 2);
  }),
  ruleTest(26, "what is no failIf is refused, and nothing is stored", async ({ store }) => {
    const query = taggedWith("a");
    const bad: readonly (readonly [typeof TypeError | typeof RangeError, unknown])[] = [
      [TypeError, null],
      [TypeError, 5],
      [TypeError, "a"],
      [TypeError, {}],
      [TypeError, { tags: ["a"] }],
      [TypeError, { kind: "odd" }],
      [TypeError, { kind: "boundary-changed", query }],
      [TypeError, { kind: "boundary-changed", query, after: "1" }],
      [TypeError, { kind: "boundary-changed", after: 1 }],
      ...[-1, 0.5, Number.NaN, 2 ** 53].map((after) => [RangeError, changedSince(query, after)] as const),
      [RangeError, { kind: "events-match", items: [] }],
      [RangeError, { kind: "events-match", items: [{}] }],
      [TypeError, { kind: "events-match" }],
    ];
    await changingNothing(store, async () => {
      for (const [expected, refused] of bad) {
        const failIf = refused as EventQuery;
        await rejectsWithClass(store.publish([{ ...NAMES, events: someEvents(1) }], { failIf }), expected);
        await rejectsWithClass(store.stream(NAMES).publish({ events: someEvents(1), failIf }), expected);
      }
    });
  }),
  needing(
    "transactions",
    ruleTest(
      26,
      "within a transaction its own events match, a refusal undoes only its publish, and a rollback undoes all",
      async ({ adapter, store, otherStore }) => {
        const failIf = taggedWith("a");
        const own = new Error("rolled back");
        const within = (isCommitted: boolean) =>
          inTransaction(adapter, async (tx) => {
            const bound = store.within(tx);
            const [first] = await bound.stream(NAMES).publish({ events: [noted("x", "a")], failIf });
            const error = await rejectsWith(
              bound.publish([{ ...OTHER, events: someEvents(1) }], { failIf }),
              "EVENTS_MATCHED",
            );
            assert.equal(error.sequenceNumber, first?.sequenceNumber);
            await bound.stream(NAMES).publish({ events: [noted("x", "b")], failIf: taggedWith("b") });
            if (!isCommitted) throw own;
          });
        assert.equal(await rejectionOf(within(false)), own);
        await changingNothing(store, async () => {});
        await within(true);
        assertSame(
          (await otherStore.category(NAMES.category).read()).map(({ tags }) => tags),
          [["a"], ["b"]],
        );
        await rejectsWith(otherStore.publish([{ ...OTHER, events: someEvents(1) }], { failIf }), "EVENTS_MATCHED");
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      26,
      "a publish outside waits for one of a transaction that it may fail for, and goes by how that ends",
      async ({ adapter, store, otherStore }) => {
        for (const isCommitted of [true, false]) {
          const failIf = taggedWith(`a:${isCommitted}`);
          const written = Promise.withResolvers<void>();
          const mayEnd = Promise.withResolvers<void>();
          const transaction = inTransaction(adapter, async (tx) => {
            const events = [noted("x", `a:${isCommitted}`)];
            await store.within(tx).publish([{ ...NAMES, events }], { failIf });
            written.resolve();
            await mayEnd.promise;
            if (!isCommitted) throw new Error("rolled back");
          });
          await Promise.race([written.promise, transaction]);
          const rival = otherStore.publish([{ ...OTHER, events: [noted("x", `a:${isCommitted}`)] }], { failIf });
          const outcome = rival.then(
            () => "stored",
            (error: { readonly code?: unknown }) => error.code,
          );
          for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
          mayEnd.resolve();
          await transaction.catch(() => {});
          assert.equal(await outcome, isCommitted ? "EVENTS_MATCHED" : "stored");
        }
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      26,
      "inline hooks run for a publish that goes through, not for one that is refused, and may fail for a match themselves",
      async ({ adapter, otherStore }) => {
        const seen: StoredEvent[] = [];
        const hook = {
          needsOrder: "stream" as const,
          run: async ({
            events,
            store: bound,
          }: {
            readonly events: readonly StoredEvent[];
            readonly store: Pick<EventStore, "publish">;
          }) => {
            seen.push(...events);
            const failIf = taggedWith("claimed");
            await bound.publish([{ category: "claims", stream: "all", events: [noted("claim", "claimed")] }], {
              failIf,
            });
          },
        };
        const store = new EventStore({ adapter, inline: [hook] });
        const first = await store.stream(NAMES).publish({ events: [noted("x", "a")], failIf: taggedWith("a") });
        assertSame(seen, [...first]);
        await changingNothing(otherStore, async () => {
          await rejectsWith(
            store.stream(NAMES).publish({ events: someEvents(1), failIf: taggedWith("a") }),
            "EVENTS_MATCHED",
          );
          assert.equal(seen.length, 1, "hooks that ran");
          await rejectsWith(store.stream(NAMES).publish({ events: someEvents(1) }), "EVENTS_MATCHED");
          assert.equal(seen.length, 2, "hooks that ran");
        });
      },
    ),
  ),
];
