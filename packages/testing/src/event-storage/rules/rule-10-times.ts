import assert from "node:assert/strict";
import { EventStore } from "@eventfold/store";
import { forEachValue } from "../../suite/for-each-value.ts";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { noted } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "times", stream: "t" };

const KEPT_TIMES: readonly string[] = [
  "0001-01-01T00:00:00.000Z",
  "0001-01-01T00:00:00.001Z",
  "0099-12-31T23:59:59.999Z",
  "1582-10-10T12:00:00.000Z",
  "1883-11-18T12:03:58.007Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00.000Z",
  "2026-03-29T01:30:00.001Z",
  "2026-10-25T00:30:00.999Z",
  "2038-01-19T03:14:08.000Z",
  "9999-12-31T23:59:59.999Z",
];

const REFUSED_TIMES: readonly (readonly [string, unknown])[] = [
  ["an invalid date", new Date(Number.NaN)],
  ["a time before the year 1", new Date(-62_135_596_800_001)],
  ["a time after the year 9999", new Date(253_402_300_800_000)],
  ["a string", "2026-01-01T00:00:00.000Z"],
  ["a number", 1_700_000_000_000],
];

/** Rule 10: times. */
export const times: readonly StorageRuleTest[] = [
  ruleTest(
    10,
    "times of all years from 1 to 9999 come back equal, to the millisecond",
    async ({ store, otherStore }) => {
      const dates = KEPT_TIMES.map((text) => new Date(text));
      const events = dates.map((at, n) => ({ ...noted(n), observedAt: at, occurredAt: dates.at(-1 - n) as Date }));
      const stored = await store.stream(NAMES).publish({ events });
      for (const read of [stored, await otherStore.stream(NAMES).read()]) {
        assertSame(
          read.map(({ observedAt }) => observedAt.toISOString()),
          KEPT_TIMES,
        );
        assertSame(
          read.map(({ occurredAt }) => occurredAt.toISOString()),
          KEPT_TIMES.toReversed(),
        );
      }
      await assertSeenEverywhere(otherStore, stored);
    },
  ),
  ruleTest(10, "generated times come back equal", async ({ store, otherStore, random, sizes }) => {
    const anyTime = (): Date => new Date(random.integer(-62_135_596_800_000, 253_402_300_799_999));
    const events = Array.from({ length: sizes.cases * 4 }, (_, n) => ({
      ...noted(n),
      observedAt: anyTime(),
      occurredAt: anyTime(),
    }));
    await store.stream(NAMES).publish({ events });
    const read = await otherStore.stream(NAMES).read();
    assertSame(
      read.map(({ observedAt, occurredAt }) => [observedAt.getTime(), occurredAt.getTime()]),
      events.map(({ observedAt, occurredAt }) => [observedAt.getTime(), occurredAt.getTime()]),
    );
  }),
  ruleTest(
    10,
    "occurredAt is observedAt unless given, and observedAt is the store's clock, once per publish",
    async ({ adapter }) => {
      let ticks = 0;
      const store = new EventStore({ adapter, clock: { now: () => new Date(1_000 + ticks++) } });
      const [first, second, third] = await store.stream(NAMES).publish({
        events: [noted(1), { ...noted(2), occurredAt: new Date(5) }, { ...noted(3), observedAt: new Date(7) }],
      });
      assertSame(first?.occurredAt, first?.observedAt);
      assertSame(second?.observedAt, first?.observedAt, "events of one publish are observed at one time");
      assert.equal(second?.occurredAt.getTime(), 5);
      assertSame([third?.observedAt.getTime(), third?.occurredAt.getTime()], [7, 7]);
      assert.ok((first?.observedAt.getTime() ?? 0) >= 1_000 && (first?.observedAt.getTime() ?? 0) < 1_010);
    },
  ),
  ruleTest(10, "what is not a time of those years is refused as observedAt and as occurredAt", async ({ store }) =>
    forEachValue(REFUSED_TIMES, async (time) => {
      await changingNothing(store, async () => {
        for (const member of ["observedAt", "occurredAt"]) {
          const publish = store.stream(NAMES).publish({ events: [noted(1), { ...noted(2), [member]: time }] });
          assert.equal((await rejectsWith(publish, "INVALID_EVENT")).path, `events[1].${member}`);
        }
      });
    }),
  ),
  ruleTest(
    10,
    "times do not decide the order: events stay in the order in which they were published",
    async ({ store, otherStore }) => {
      const times = [5_000, 1_000, 3_000, -9_000, 2_000];
      await store.stream(NAMES).publish({ events: times.map((at) => ({ ...noted(at), observedAt: new Date(at) })) });
      assertSame(
        (await otherStore.log().read()).map(({ payload }) => payload),
        times,
      );
      assert.equal((await otherStore.log().latest())?.payload, 2_000);
    },
  ),
];
