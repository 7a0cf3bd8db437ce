import assert from "node:assert/strict";
import { positionIs } from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "accounts", stream: "acc-1" };

/** Rule 1: publishing to one stream. */
export const publishingToOneStream: readonly StorageRuleTest[] = [
  ruleTest(
    1,
    "events get the next positions from 0, in array order, and are returned so",
    async ({ store, otherStore }) => {
      const stream = store.stream(NAMES);
      const first = await stream.publish({ events: someEvents(3) });
      const second = await stream.publish({ events: someEvents(2, 3) });
      const stored = [...first, ...second];
      assertSame(
        stored.map(({ position }) => position),
        [0, 1, 2, 3, 4],
      );
      assertSame(
        stored.map(({ payload }) => payload),
        someEvents(5).map(({ payload }) => payload),
      );
      await assertSeenEverywhere(otherStore, stored);
    },
  ),
  ruleTest(1, "a stored event has every field, and no other", async ({ store }) => {
    const at = new Date("2026-02-03T04:05:06.789Z");
    const id = "018f0000-0000-7000-8000-000000000001";
    const event = { id, name: "opened", payload: { a: 1 }, metadata: { by: "me" }, version: 7, observedAt: at };
    const [stored] = await store.stream(NAMES).publish({ events: [event] });
    assert.ok(stored);
    const { sequenceNumber, ...rest } = stored;
    assertSame(rest, { ...event, ...NAMES, occurredAt: at, tags: [], position: 0 });
    assert.ok(Number.isSafeInteger(sequenceNumber) && sequenceNumber >= 1, `sequence number ${sequenceNumber}`);
  }),
  ruleTest(
    1,
    "absent metadata is null, an absent version 1, and an absent id a fresh lower-case UUID",
    async ({ store }) => {
      const stored = await store.stream(NAMES).publish({ events: someEvents(20) });
      for (const { metadata, version, id } of stored) {
        assertSame({ metadata, version }, { metadata: null, version: 1 });
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      }
      assert.equal(new Set(stored.map(({ id }) => id)).size, 20);
    },
  ),
  ruleTest(1, "publishing zero events is a RangeError and stores nothing", async ({ store }) => {
    const stream = store.stream(NAMES);
    await stream.publish({ events: someEvents(1) });
    await changingNothing(store, () => rejectsWithClass(stream.publish({ events: [] }), RangeError));
  }),
  ruleTest(1, "of several events all are stored or none", async ({ store }) => {
    const stream = store.stream(NAMES);
    await stream.publish({ events: someEvents(2) });
    await changingNothing(store, async () => {
      await rejectsWith(stream.publish({ events: someEvents(50), condition: positionIs(9) }), "UNMET_WRITE_CONDITION");
      await rejectsWith(stream.publish({ events: [...someEvents(50), noted(Number.NaN)] }), "INVALID_EVENT");
    });
  }),
  ruleTest(
    1,
    "streams of the same name in two categories, and names that are equal when joined, are kept apart",
    async ({ store, otherStore }) => {
      const pairs = [
        ["a", "b"],
        ["ab", "c"],
        ["a", "bc"],
        ["b", "a"],
        ["a", "B"],
        ["A", "b"],
        ["a/b", "c"],
        ["a", "b/c"],
      ] as const;
      for (const [category, stream] of pairs)
        await store.stream({ category, stream }).publish({ events: someEvents(2) });
      for (const [category, stream] of pairs) {
        const read = await otherStore.stream({ category, stream }).read();
        assertSame(
          read.map((event) => [event.category, event.stream, event.position]),
          [
            [category, stream, 0],
            [category, stream, 1],
          ],
        );
      }
    },
  ),
  ruleTest(1, "sequence numbers rise strictly over all publishes of the log", async ({ store }) => {
    const numbers: number[] = [];
    for (let round = 0; round < 30; round += 1) {
      const stream = store.stream({ category: `category-${round % 3}`, stream: `stream-${round % 5}` });
      for (const event of await stream.publish({ events: someEvents(1 + (round % 4)) }))
        numbers.push(event.sequenceNumber);
    }
    assertSame(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
  }),
];
