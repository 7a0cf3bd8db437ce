import assert from "node:assert/strict";
import {
  type EventStorageAdapter,
  EventStore,
  eventsMatch,
  isEventfoldError,
  streamExists,
  taggedWith,
} from "@eventfold/store";
import {
  type EventText,
  type NewestEvent,
  RESTORE_LIMIT_BYTES,
  RESTORE_LIMIT_EVENTS,
  RESTORE_LIMIT_NUMBER,
} from "@eventfold/store/adapter";
import { forEachValue } from "../../suite/for-each-value.ts";
import { contentsOf } from "../observe/contents.ts";
import { heldTransaction } from "../observe/held-transaction.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { newestIn, restore, restoreAll } from "../observe/restore.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { textsIn, withLengths } from "../observe/stored-texts.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { eventText, eventTexts, newestOf, RESTORED_STREAM } from "./event-texts.ts";

const LOG = { kind: "log" } as const;

const isPublic = ({ category }: EventText): boolean => !category.startsWith("$");

/** The events that a stream has in the end, if the next of it are these. */
function streamOf(events: readonly EventText[], { category, stream }: typeof RESTORED_STREAM): EventText[] {
  return events.filter((event) => event.category === category && event.stream === stream);
}

/** Asserts that nothing of a batch is there, and that the events which belong there can still be restored. */
async function assertGoesOn(
  adapter: EventStorageAdapter,
  before: readonly EventText[],
  next: EventText,
): Promise<void> {
  assertSame(await textsIn(adapter.storage), before.map(withLengths), "events after a batch was refused");
  await restore(adapter, { newest: newestOf(before.at(-1)), events: [next] });
  assertSame(await textsIn(adapter.storage), [...before, next].map(withLengths), "events after the next batch");
}

/** Two events of one stream, which others are restored behind. */
const FIRST = eventText({ sequenceNumber: 3 });
const SECOND = eventText({ sequenceNumber: 7, position: 1 });

/** Batches that do not fit behind {@link FIRST} and {@link SECOND}: what is wrong with them, and the code of the error. */
const UNFITTING: readonly (readonly [
  string,
  readonly [() => readonly EventText[], "UNRESTORABLE_EVENT" | "DUPLICATE_EVENT_ID"],
])[] = [
  ["the number of the newest event", [() => [eventText({ position: 2, sequenceNumber: 7 })], "UNRESTORABLE_EVENT"]],
  ["a number below the newest event", [() => [eventText({ position: 2, sequenceNumber: 5 })], "UNRESTORABLE_EVENT"]],
  ["one number twice", [() => numbered(8, 9, 9), "UNRESTORABLE_EVENT"]],
  ["numbers that fall", [() => numbered(10, 9), "UNRESTORABLE_EVENT"]],
  [
    "numbers that fall from one stream to another",
    [() => [...numbered(10), eventText({ stream: "other", sequenceNumber: 9 })], "UNRESTORABLE_EVENT"],
  ],
  ["a position that is left out", [() => [eventText({ position: 3, sequenceNumber: 8 })], "UNRESTORABLE_EVENT"]],
  ["a position that is taken", [() => [eventText({ position: 1, sequenceNumber: 8 })], "UNRESTORABLE_EVENT"]],
  ["the first position again", [() => [eventText({ position: 0, sequenceNumber: 8 })], "UNRESTORABLE_EVENT"]],
  [
    "a position that is left out within the batch",
    [() => [2, 4].map((position) => eventText({ position, sequenceNumber: 8 + position })), "UNRESTORABLE_EVENT"],
  ],
  [
    "a stream that does not begin at 0",
    [() => [eventText({ stream: "new", position: 1, sequenceNumber: 8 })], "UNRESTORABLE_EVENT"],
  ],
  ["an id that is stored", [() => [eventText({ id: FIRST.id, position: 2, sequenceNumber: 8 })], "DUPLICATE_EVENT_ID"]],
  [
    "an id that is stored, behind good events",
    [
      () => [...numbered(8, 9), eventText({ id: SECOND.id, stream: "other", sequenceNumber: 12 })],
      "DUPLICATE_EVENT_ID",
    ],
  ],
  [
    "an id twice",
    [
      () => numbered(8, 9).map((event) => ({ ...event, id: "018f0000-0000-7000-8000-000000000001" })),
      "DUPLICATE_EVENT_ID",
    ],
  ],
];

/** Events of one stream with these numbers, at the positions behind {@link SECOND}. */
function numbered(...numbers: readonly number[]): EventText[] {
  return numbers.map((sequenceNumber, index) => eventText({ position: 2 + index, sequenceNumber }));
}

/** Rule 29: restoring events of another log. */
export const restoring: readonly StorageRuleTest[] = [
  ruleTest(
    29,
    "events come back as they were in the other log: ids, places, times, tags and texts, on every way of reading",
    async ({ adapter, store, otherStore, random, sizes }) => {
      const events = eventTexts(random, sizes.manyEvents);
      await restoreAll(adapter, events, { batchSize: 700 });
      assertSame(await textsIn(adapter.storage), events.map(withLengths));
      const shown = events.filter(isPublic);
      const ids = shown.map(({ id }) => id);
      const read = await otherStore.log().read();
      assertSame(
        read.map(({ id }) => id),
        ids,
        "events that the log shows",
      );
      const { categories, streams } = await contentsOf(otherStore);
      assertSame(categories, [...new Set(shown.map(({ category }) => category))].sort());
      assertSame(
        streams,
        categories.map((name) => {
          const own = shown.filter(({ category }) => category === name);
          return [...new Set(own.map(({ stream }) => stream))].sort();
        }),
      );
      const stream = streamOf(events, RESTORED_STREAM);
      const inStream = await store.stream(RESTORED_STREAM).read();
      assertSame(
        inStream.map(({ id, position, sequenceNumber }) => [id, position, sequenceNumber]),
        stream.map(({ id, position, sequenceNumber }) => [id, position, sequenceNumber]),
      );
      for (const event of [shown[0], shown.at(-1), random.pick(shown)]) {
        const found = await otherStore.eventById(event?.id ?? "");
        assertSame(found?.payload, JSON.parse(event?.payload ?? ""));
        assertSame(found?.observedAt.getTime(), event?.observedAtMs);
        assertSame(found?.tags, event?.tags);
      }
      for (const tag of [...new Set(shown.flatMap(({ tags }) => tags))].slice(0, 5)) {
        const tagged = (await otherStore.boundary(taggedWith(tag))).events.map(({ id }) => id);
        assertSame(
          tagged,
          shown.filter(({ tags }) => tags.includes(tag)).map(({ id }) => id),
          `events tagged ${tag}`,
        );
      }
    },
  ),
  ruleTest(
    29,
    "publishes go on with the next numbers and positions, and know the ids, conditions and tags of what was restored",
    async ({ adapter, otherStore, random }) => {
      const events = eventTexts(random, 300);
      await restoreAll(adapter, events);
      const stream = streamOf(events, RESTORED_STREAM);
      const [next] = await otherStore
        .stream(RESTORED_STREAM)
        .publish({ events: someEvents(1), condition: streamExists() });
      assert.equal(next?.position, stream.length, "the position of the next event");
      assert.ok(
        (next?.sequenceNumber ?? 0) > (events.at(-1)?.sequenceNumber ?? 0),
        "the number of the next event is new",
      );
      const [fresh] = await otherStore
        .stream({ category: "accounts", stream: "fresh" })
        .publish({ events: someEvents(1) });
      assert.equal(fresh?.position, 0);
      const repeated = { id: stream[0]?.id ?? "", name: "moved", payload: null };
      const repeat = await otherStore.stream(RESTORED_STREAM).publish({ events: [repeated] });
      assertSame(
        repeat[0]?.sequenceNumber,
        stream[0]?.sequenceNumber,
        "the publish of an id that was restored is a repeat",
      );
      const failIf = eventsMatch({ names: ["opened", "moved", "closed"] });
      const publish = otherStore.stream(RESTORED_STREAM).publish({ events: someEvents(1), failIf });
      const matched = await rejectsWith(publish, "EVENTS_MATCHED");
      assert.equal(matched.sequenceNumber, events.find(isPublic)?.sequenceNumber);
      assert.equal((await textsIn(adapter.storage)).length, events.length + 2);
    },
  ),
  ruleTest(
    29,
    "no number up to `upTo` is given any more, and without events it only moves that",
    async ({ adapter, store }) => {
      await restore(adapter, { newest: undefined, events: [FIRST], upTo: 40 });
      const [first] = await store.stream(RESTORED_STREAM).publish({ events: someEvents(1) });
      assert.ok((first?.sequenceNumber ?? 0) > 40, `the number ${first?.sequenceNumber} is above 40`);
      const newest = await newestIn(adapter);
      await restore(adapter, { newest, events: [], upTo: 3_000_000_000 });
      await restore(adapter, { newest, events: [], upTo: 5 });
      const [second] = await store.stream(RESTORED_STREAM).publish({ events: someEvents(1) });
      assert.ok(
        (second?.sequenceNumber ?? 0) > 3_000_000_000,
        `the number ${second?.sequenceNumber} is above 3,000,000,000`,
      );
      assertSame(
        (await store.stream(RESTORED_STREAM).read()).map(({ position }) => position),
        [0, 1, 2],
      );
    },
  ),
  ruleTest(
    29,
    "the horizon and boundaries take in what was restored, and an empty batch changes nothing",
    async ({ adapter, store, random }) => {
      const events = eventTexts(random, 200);
      await restore(adapter, { newest: undefined, events: [] });
      assertSame(await textsIn(adapter.storage), []);
      await restore(adapter, { newest: undefined, events });
      await restore(adapter, { newest: newestOf(events.at(-1)), events: [] });
      const last = events.findLast(isPublic)?.sequenceNumber ?? 0;
      assert.ok((await adapter.storage.horizon(LOG)) >= last, "the horizon is at or above the newest event");
      const boundary = await store.boundary(eventsMatch({ names: ["opened", "moved", "closed"] }));
      assert.equal(boundary.events.length, events.filter(isPublic).length);
      assert.ok(boundary.changed.after >= last, "the boundary reaches the newest event");
    },
  ),
  ruleTest(
    29,
    "a batch that names another newest event than the log has is refused, with what is newest, and stores nothing",
    async ({ adapter, otherStore }) => {
      const third = eventText({ position: 2, sequenceNumber: 9 });
      const wrong = await rejectsWith(restore(adapter, { newest: newestOf(FIRST), events: [SECOND] }), "LOG_CHANGED");
      assertSame([wrong.expected, wrong.newest], [newestOf(FIRST), undefined]);
      await restore(adapter, { newest: undefined, events: [FIRST, SECOND] });
      const named = [
        undefined,
        newestOf(FIRST),
        { sequenceNumber: 7, id: FIRST.id },
        { sequenceNumber: 6, id: SECOND.id },
      ];
      for (const newest of named) {
        const error = await rejectsWith(restore(adapter, { newest, events: [third] }), "LOG_CHANGED");
        assertSame([error.expected, error.newest], [newest, newestOf(SECOND)]);
        await rejectsWith(restore(adapter, { newest, events: [], upTo: 100 }), "LOG_CHANGED");
      }
      await assertGoesOn(adapter, [FIRST, SECOND], third);
      const [rival] = await otherStore.stream({ category: "rivals", stream: "r" }).publish({ events: someEvents(1) });
      assert.ok((rival?.sequenceNumber ?? 0) < 100, "what was refused moved no number");
      const fourth = eventText({ position: 3, sequenceNumber: (rival?.sequenceNumber ?? 0) + 1 });
      const batch = { newest: newestOf(third), events: [fourth] };
      const { newest } = await rejectsWith(restore(adapter, batch), "LOG_CHANGED");
      assertSame(newest, { sequenceNumber: rival?.sequenceNumber, id: rival?.id });
      await restore(adapter, { ...batch, newest });
    },
  ),
  ruleTest(29, "an event of a category that begins with $ is the newest too", async ({ adapter }) => {
    const own = eventText({ category: "$own", sequenceNumber: 5 });
    await restore(adapter, { newest: undefined, events: [FIRST, own] });
    const next = eventText({ position: 1, sequenceNumber: 6 });
    const error = await rejectsWith(restore(adapter, { newest: newestOf(FIRST), events: [next] }), "LOG_CHANGED");
    assertSame(error.newest, newestOf(own));
    await restore(adapter, { newest: newestOf(own), events: [next] });
    const write = { category: "$own", stream: own.stream, events: [preparedEvent(1)], allowed: undefined };
    await adapter.storage.save({ writes: [write] });
    await rejectsWith(restore(adapter, { newest: newestOf(next), events: [] }), "LOG_CHANGED");
  }),
  ruleTest(
    29,
    "a batch that does not fit the log is refused with the event, stores nothing, and does not keep the next from being stored",
    async ({ adapter }) => {
      await restore(adapter, { newest: undefined, events: [FIRST, SECOND] });
      const newest = newestOf(SECOND);
      await forEachValue(UNFITTING, async ([events, code]) => {
        const batch = events();
        const error = await rejectsWith(restore(adapter, { newest, events: batch, upTo: 500 }), code);
        if (error.code === "UNRESTORABLE_EVENT") assert.ok(batch.some(({ id }) => id === error.event.id));
        else assert.equal(error.ids.length, 1);
        assertSame(await textsIn(adapter.storage), [FIRST, SECOND].map(withLengths));
      });
      await assertGoesOn(adapter, [FIRST, SECOND], eventText({ position: 2, sequenceNumber: 8 }));
    },
  ),
  ruleTest(
    29,
    "after a refused batch the horizon lies below what is restored next, so that no reader has passed it",
    async ({ adapter }) => {
      await restore(adapter, { newest: undefined, events: [FIRST, SECOND] });
      const [third, fourth] = numbered(8, 400) as [EventText, EventText];
      const bad = { newest: newestOf(SECOND), events: [third, { ...fourth, id: FIRST.id }] };
      await rejectsWith(restore(adapter, bad), "DUPLICATE_EVENT_ID");
      for (const source of [LOG, { kind: "category", category: FIRST.category } as const]) {
        const horizon = await adapter.storage.horizon(source);
        assert.ok(horizon < third.sequenceNumber, `the horizon of the ${source.kind} is ${horizon}`);
      }
      await restore(adapter, { newest: newestOf(SECOND), events: [third, fourth] });
    },
  ),
  ruleTest(
    29,
    "a batch has at most 2,000 events, and 4 MB of text unless it is one event; upTo is a number of the log",
    async ({ adapter }) => {
      const inOrder = (count: number, payload = "1"): EventText[] =>
        Array.from({ length: count }, (_, n) => eventText({ position: n, sequenceNumber: n + 1, payload }));
      const large = JSON.stringify("ä".repeat(RESTORE_LIMIT_BYTES / 4));
      const refused = [
        { newest: undefined, events: inOrder(RESTORE_LIMIT_EVENTS + 1) },
        { newest: undefined, events: inOrder(2, large) },
        ...[-1, 0.5, Number.NaN, RESTORE_LIMIT_NUMBER + 1].map((upTo) => ({
          newest: undefined,
          events: inOrder(1),
          upTo,
        })),
      ];
      for (const batch of refused) await rejectsWithClass(restore(adapter, batch), RangeError);
      assertSame(await textsIn(adapter.storage), []);
      const whole = inOrder(RESTORE_LIMIT_EVENTS);
      await restore(adapter, { newest: undefined, events: whole });
      const one = eventText({
        stream: "large",
        sequenceNumber: RESTORE_LIMIT_EVENTS + 1,
        payload: `[${large},${large}]`,
      });
      await restore(adapter, { newest: newestOf(whole.at(-1)), events: [one] });
      assertSame((await textsIn(adapter.storage)).length, RESTORE_LIMIT_EVENTS + 1);
    },
  ),
  ruleTest(
    29,
    "texts are stored as they are, even those that are written otherwise than the library writes them",
    async ({ adapter, store }) => {
      const texts = ['{ "a" : 1.0 }', "[1e2,\n2]", '{"2":1,"1":2}', '"\\u0061"'];
      const events = texts.map((payload, n) =>
        eventText({ position: n, sequenceNumber: n + 1, payload, metadata: payload }),
      );
      await restore(adapter, { newest: undefined, events });
      assertSame(await textsIn(adapter.storage), events.map(withLengths));
      assertSame(
        (await store.stream(RESTORED_STREAM).read()).map(({ payload }) => payload),
        texts.map((text) => JSON.parse(text)),
      );
    },
  ),
  ruleTest(29, "numbers, times, versions and names at their ends are stored", async ({ adapter, store }) => {
    const ends = { observedAtMs: -62_135_596_800_000, occurredAtMs: 253_402_300_799_999, version: 2_147_483_647 };
    const names = { category: "\u{1f600}".repeat(128), stream: "ä".repeat(512), name: "\\N\t".replace("\t", "\\t") };
    const events = [
      eventText({ ...names, ...ends, tags: ["\\N", "{a,b}", '"', "NULL"] }),
      eventText({ ...names, position: 1, sequenceNumber: 2 ** 40, observedAtMs: -1, occurredAtMs: 1 }),
      eventText({ sequenceNumber: RESTORE_LIMIT_NUMBER }),
    ];
    await restore(adapter, { newest: undefined, events });
    assertSame(await textsIn(adapter.storage), events.map(withLengths));
    const [next] = await store.stream(RESTORED_STREAM).publish({ events: someEvents(1) });
    assert.equal(next?.sequenceNumber, RESTORE_LIMIT_NUMBER + 1);
  }),
  needing(
    "transactions",
    ruleTest(
      29,
      "a batch waits its turn behind a transaction, whose events it then finds to be newest",
      async ({ adapter, store }) => {
        let newest = await newestIn(adapter);
        for (const end of ["commit", "rollBack"] as const) {
          const held = await heldTransaction({ adapter, store }, { category: "rivals", stream: "r" });
          let hasEnded = false;
          const event = { ...FIRST, sequenceNumber: held.event.sequenceNumber + 1 };
          const restoring = restore(adapter, { newest, events: [event] }).finally(() =>
            assert.ok(hasEnded, "it has waited"),
          );
          restoring.catch(() => {});
          for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
          hasEnded = true;
          await held[end]();
          if (end === "rollBack") await restoring;
          else assertSame((await rejectsWith(restoring, "LOG_CHANGED")).newest?.id, held.event.id);
          newest = await newestIn(adapter);
          assert.equal(newest?.id, end === "commit" ? held.event.id : event.id);
        }
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      29,
      "a turn that does not come within writeTimeoutMs rejects with a retryable StorageBusyError",
      async ({ open }) => {
        const adapter = await open({ writeTimeoutMs: 250 });
        const held = await heldTransaction(
          { adapter, store: new EventStore({ adapter }) },
          { category: "rivals", stream: "r" },
        );
        const restoring = restore(adapter, { newest: undefined, events: [FIRST] });
        const error = await rejectsWith(restoring, "STORAGE_BUSY").finally(held.rollBack);
        assert.equal(error.isRetryable, true, "isRetryable");
        await restore(adapter, { newest: undefined, events: [{ ...FIRST, sequenceNumber: 100 }] });
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(29, "in a transaction of one's own it would wait for itself", async ({ adapter }) => {
      await inTransaction(adapter, async () => {
        await rejectsWith(restore(adapter, { newest: undefined, events: [FIRST] }), "NESTED_PUBLISH");
      });
      await restore(adapter, { newest: undefined, events: [FIRST] });
    }),
  ),
  ruleTest(29, "after the close a batch rejects with AdapterClosedError", async ({ adapter }) => {
    await adapter.close();
    await rejectsWith(restore(adapter, { newest: undefined, events: [FIRST] }), "ADAPTER_CLOSED");
  }),
  needing(
    "durable",
    ruleTest(29, "what was restored is there when the storage is opened again", async ({ adapter, open, random }) => {
      const events = eventTexts(random, 300);
      await restoreAll(adapter, events);
      await restore(adapter, { newest: newestOf(events.at(-1)), events: [], upTo: 5_000_000 });
      await adapter.close();
      const reopened = await open();
      assertSame(await textsIn(reopened.storage), events.map(withLengths));
      const store = new EventStore({ adapter: reopened });
      const [next] = await store.stream(RESTORED_STREAM).publish({ events: someEvents(1) });
      assert.ok((next?.sequenceNumber ?? 0) > 5_000_000, "the number of the next event");
      assert.equal(next?.position, streamOf(events, RESTORED_STREAM).length);
    }),
  ),
  needing(
    "cutConnections",
    ruleTest(
      29,
      "when connections are cut, whole batches are there, and it goes on behind them",
      async ({ adapter, random, cutConnections }) => {
        const events = eventTexts(random, 1_200);
        const batchSize = 40;
        let cuts = 0;
        for (let stored = 0; stored < events.length; ) {
          const batch = events.slice(stored, stored + batchSize);
          const restoring = restore(adapter, { newest: newestOf(events[stored - 1]), events: batch });
          const cutting = cuts < 4 && stored % 200 === 0 ? cutConnections() : undefined;
          if (cutting !== undefined) cuts += 1;
          const [outcome] = await Promise.allSettled([restoring, cutting]);
          if (outcome.status === "fulfilled") {
            stored += batch.length;
            continue;
          }
          await rejectsWith(restoring, "STORAGE_UNAVAILABLE");
          const newest = await newestOnceReached(adapter);
          const length = events.findIndex(({ id }) => id === newest?.id) + 1;
          assert.ok(
            length === stored || length === stored + batch.length,
            `${length} events are stored, of batches of ${batchSize}`,
          );
          stored = length;
        }
        assertSame(await textsIn(adapter.storage), events.map(withLengths));
      },
    ),
  ),
].map((test) => needing("restore", needing("storedTexts", test)));

/** The newest event. A read may still meet a connection that was cut; one of the next has a new connection. */
async function newestOnceReached(adapter: EventStorageAdapter): Promise<NewestEvent | undefined> {
  for (;;) {
    try {
      return await newestIn(adapter);
    } catch (error) {
      if (!isEventfoldError(error, "STORAGE_UNAVAILABLE")) throw error;
    }
  }
}
