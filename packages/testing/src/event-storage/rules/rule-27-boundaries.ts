import assert from "node:assert/strict";
import { type EventBoundary, type EventStore, eventsMatch, type StoredEvent, taggedWith } from "@eventfold/store";
import { heldTransaction } from "../observe/held-transaction.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { isMatch } from "./generated-constraints.ts";
import { generatedQuery, taggedLog } from "./tagged-log.ts";

const NAMES = { category: "category-1", stream: "stream-1" };
const tagged = (n: number, ...tags: readonly string[]) => ({ ...noted(n), tags });

/** Asserts that a boundary holds exactly the events of the log that match, up to the number that it says. */
function assertExact(
  { events, changed }: Pick<EventBoundary, "events" | "changed">,
  log: readonly StoredEvent[],
  when: string,
): void {
  const { query, after } = changed;
  const expected = log.filter((event) => event.sequenceNumber <= after && isMatch(query.items, event));
  assertSame(
    events.map(({ sequenceNumber }) => sequenceNumber),
    expected.map(({ sequenceNumber }) => sequenceNumber),
    `the numbers of the boundary of ${JSON.stringify(query.items)} up to ${after}, ${when}`,
  );
}

/** Many writers at once over many streams; most of what they publish is tagged. */
async function taggedWriters(
  stores: readonly EventStore[],
  { writers, repeats }: Pick<StorageStage["sizes"], "writers" | "repeats">,
  onAcknowledged: (events: readonly StoredEvent[]) => void,
): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    const store = stores[writer % stores.length] as EventStore;
    for (let n = 0; n < repeats * 4; n += 1) {
      const events = Array.from({ length: 1 + (n % 3) }, (_, index) =>
        index === 2 ? noted(n) : tagged(n, "all", `writer:${writer}`, `n:${n % 5}`),
      );
      const streams = [{ category: `category-${writer % 3}`, stream: `stream-${n % 4}`, events }];
      if (n % 4 === 0) streams.push({ category: "category-3", stream: `stream-${writer}`, events });
      onAcknowledged((await store.publish(streams)).flat());
      await new Promise(setImmediate); // readers get their turn, in memory too
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
}

/** Rule 27: the boundaries that publishes depend on. */
export const boundaries: readonly StorageRuleTest[] = [
  ruleTest(
    27,
    "a boundary is what matches of everything that was published before, by either store, for generated queries",
    async ({ store, otherStore, random, sizes }) => {
      const empty = await store.boundary(taggedWith("all"));
      assertSame(empty.events, []);
      assert.ok(Number.isSafeInteger(empty.changed.after) && empty.changed.after >= 0, String(empty.changed.after));
      const log = await taggedLog(store, random, 300);
      for (let round = 0; round < sizes.cases; round += 1) {
        const query = generatedQuery(random);
        const boundary = await otherStore.boundary(query);
        assertSame(
          boundary.events,
          log.filter((event) => isMatch(query.items, event)),
          JSON.stringify(query.items),
        );
        assertSame(boundary.changed.query, query);
        assertExact(boundary, log, "while nobody writes");
      }
      const [last] = await store.stream(NAMES).publish({ events: [tagged(1, "all")] });
      assertSame((await otherStore.boundary(taggedWith("all"))).events.at(-1), last);
    },
  ),
  ruleTest(
    27,
    "a publish on a boundary goes through until something that matches has been published, by either store",
    async ({ store, otherStore }) => {
      const query = eventsMatch({ names: ["noted"], tags: ["a"] }, { tags: ["b"] });
      for (let n = 0; n < 4; n += 1) {
        const { events, changed } = await store.boundary(query);
        assert.equal(events.length, n, "events that match");
        await otherStore
          .stream(NAMES)
          .publish({ events: [...someEvents(2), tagged(n, "c"), { ...tagged(n, "a"), name: "x" }] });
        const [stored] = await store
          .stream(NAMES)
          .publish({ events: [tagged(n, n % 2 === 0 ? "a" : "b")], failIf: changed });
        const error = await rejectsWith(
          otherStore.stream(NAMES).publish({ events: someEvents(1), failIf: changed }),
          "EVENTS_MATCHED",
        );
        assertSame([error.sequenceNumber, error.after], [stored?.sequenceNumber, changed.after]);
        assertSame(error.query, query);
      }
    },
  ),
  ruleTest(27, "what a boundary has changed by is plain data, which may be kept as JSON", async ({ store }) => {
    const { changed } = await store.boundary(taggedWith("a"));
    const kept = JSON.parse(JSON.stringify(changed)) as typeof changed;
    assertSame(kept, {
      kind: "boundary-changed",
      query: { kind: "events-match", items: [{ tags: ["a"] }] },
      after: changed.after,
    });
    await store.stream(NAMES).publish({ events: [tagged(1, "a")], failIf: kept });
    await rejectsWith(store.stream(NAMES).publish({ events: [tagged(1, "a")], failIf: kept }), "EVENTS_MATCHED");
  }),
  ruleTest(27, "a boundary of many events is whole and in order", async ({ store, otherStore, sizes }) => {
    const events = Array.from({ length: sizes.manyEvents }, (_, n) => tagged(n, "a", `third:${n % 3}`));
    const [stored = []] = await store.publish([{ ...NAMES, events }]);
    assertSame((await otherStore.boundary(taggedWith("a"))).events, stored);
    const some = eventsMatch({ tags: ["third:1", "a"] }, { tags: ["third:2"] }, { tags: ["a", "third:2"] });
    assertSame(
      (await otherStore.boundary(some)).events,
      stored.filter((_, n) => n % 3 !== 0),
    );
  }),
  needing(
    "freshReads",
    withAmpleTime(
      ruleTest(
        27,
        "while many write, a boundary holds exactly what matches up to its number, and all that was acknowledged",
        async ({ store, otherStore, sizes }) => {
          let done = false;
          const acknowledged: StoredEvent[] = [];
          const queries = [
            taggedWith("all"),
            taggedWith("n:3"),
            eventsMatch({ tags: ["writer:1", "all"] }, { tags: ["n:1"] }),
          ];
          const watching = [store, otherStore].flatMap((reading) =>
            queries.map(async (query) => {
              const before: { readonly boundary: EventBoundary; readonly acknowledged: number }[] = [];
              while (!done) {
                const count = acknowledged.length;
                before.push({ boundary: await reading.boundary(query), acknowledged: count });
                await new Promise(setImmediate);
              }
              return before;
            }),
          );
          await taggedWriters([store, otherStore], sizes, (events) => acknowledged.push(...events)).finally(() => {
            done = true;
          });
          const log = await store.log().read();
          for (const read of await Promise.all(watching)) {
            for (const { boundary, acknowledged: count } of read) {
              assertExact(boundary, log, "while many wrote");
              const seen = new Set(boundary.events.map(({ id }) => id));
              const missing = acknowledged
                .slice(0, count)
                .filter((event) => isMatch(boundary.changed.query.items, event) && !seen.has(event.id));
              assertSame(
                missing,
                [],
                "events that match, were acknowledged before the boundary was read, and are not in it",
              );
            }
          }
        },
      ),
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      27,
      "a boundary that is read beside a transaction is exact, however that ends, and holds what others published",
      async ({ adapter, store, otherStore }) => {
        const query = taggedWith("a");
        for (const [round, end] of (["commit", "rollBack", "commit"] as const).entries()) {
          const [before] = await store.stream(NAMES).publish({ events: [tagged(round, "a")] });
          const held = await heldTransaction(
            { adapter, store },
            { ...NAMES, stream: "held", events: [tagged(round, "a")] },
          );
          const beside = { category: "category-2", stream: `beside-${round}` };
          const rival = otherStore.stream(beside).publish({ events: [tagged(round, "a")] }); // may wait for the transaction
          const reading = otherStore.boundary(query);
          for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
          await held[end]();
          await rival;
          const boundary = await reading;
          const log = await store.log().read();
          assertExact(boundary, log, `beside a transaction (${end})`);
          const ids = boundary.events.map(({ id }) => id);
          assert.ok(ids.includes(before?.id ?? ""), "an event that was acknowledged before is in the boundary");
          const { changed } = boundary;
          const since = log.find((event) => event.sequenceNumber > changed.after && isMatch(query.items, event));
          const decision = store.stream({ ...NAMES, stream: `decision-${round}` });
          const publish = decision.publish({ events: [noted(round)], failIf: changed });
          if (since === undefined)
            assert.equal((await publish).length, 1, "a publish on a boundary that has not changed");
          else assert.equal((await rejectsWith(publish, "EVENTS_MATCHED")).sequenceNumber, since.sequenceNumber);
        }
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      27,
      "a boundary within a transaction holds what the transaction has published, and nothing of it after a rollback",
      async ({ adapter, store, otherStore }) => {
        const query = taggedWith("a");
        const [before] = await store.stream(NAMES).publish({ events: [tagged(0, "a")] });
        const own = new Error("rolled back");
        const work = async (isCommitted: boolean): Promise<void> =>
          inTransaction(adapter, async (tx) => {
            const bound = store.within(tx);
            const first = await bound.boundary(query);
            const [event] = await bound.stream(NAMES).publish({ events: [tagged(1, "a")], failIf: first.changed });
            const second = await bound.boundary(query);
            assertSame(second.events, [...first.events, event]);
            await rejectsWith(
              bound.stream(NAMES).publish({ events: [tagged(2, "a")], failIf: first.changed }),
              "EVENTS_MATCHED",
            );
            await bound
              .stream({ ...NAMES, stream: "other" })
              .publish({ events: [tagged(2, "b")], failIf: second.changed });
            assertSame((await otherStore.boundary(query)).events, first.events, "outside of the transaction");
            if (!isCommitted) throw own;
          });
        await assert.rejects(work(false), own);
        const { events, changed } = await otherStore.boundary(query);
        assertSame(events, [before]);
        await work(true);
        await rejectsWith(store.stream(NAMES).publish({ events: [tagged(3, "a")], failIf: changed }), "EVENTS_MATCHED");
        assert.equal((await otherStore.boundary(query)).events.length, 2);
      },
    ),
  ),
  ruleTest(27, "the events of categories that begin with $ belong to no boundary", async ({ adapter, store }) => {
    const own = { category: "$own", stream: "s", allowed: undefined };
    await adapter.storage.save({ writes: [{ ...own, events: [preparedEvent(1, { tags: ["a"] })] }] });
    const { changed, events } = await store.boundary(eventsMatch({ tags: ["a"] }, { names: ["noted"] }));
    assertSame(events, []);
    await adapter.storage.save({ writes: [{ ...own, events: [preparedEvent(2, { tags: ["a"] })] }] });
    const [stored] = await store.stream(NAMES).publish({ events: [tagged(1, "a")], failIf: changed });
    assertSame((await store.boundary(taggedWith("a"))).events, [stored]);
  }),
  ruleTest(27, "a boundary is read by a query, and by nothing else", async ({ store }) => {
    for (const bad of [
      undefined,
      null,
      "a",
      { tags: ["a"] },
      { kind: "events-match" },
      { kind: "name-in", names: ["a"] },
    ]) {
      await rejectsWithClass(store.boundary(bad as never), TypeError);
    }
    await rejectsWithClass(store.boundary({ kind: "events-match", items: [] }), RangeError);
  }),
];
