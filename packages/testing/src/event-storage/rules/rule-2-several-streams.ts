import assert from "node:assert/strict";
import { positionIs, streamExists, streamIsEmpty } from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

/** Rule 2: publishing to several streams at once. */
export const publishingToSeveralStreams: readonly StorageRuleTest[] = [
  ruleTest(
    2,
    "a category publishes to several of its streams and returns the events per entry, in entry order",
    async ({ store, otherStore }) => {
      const results = await store.category("accounts").publish({
        streams: [
          { stream: "z", events: someEvents(2) },
          { stream: "a", events: someEvents(3, 2) },
          { stream: "m", events: someEvents(1, 5) },
        ],
      });
      assertSame(
        results.map((events) => events.map(({ stream, position }) => `${stream}${position}`)),
        [["z0", "z1"], ["a0", "a1", "a2"], ["m0"]],
      );
      for (const events of results) await assertSeenEverywhere(otherStore, events);
    },
  ),
  ruleTest(2, "sequence numbers rise in entry order, whatever the names", async ({ store }) => {
    for (const streams of [
      ["c", "b", "a"],
      ["a", "b", "c"],
      ["b", "c", "a"],
    ]) {
      const results = await store.publish(
        streams.map((stream) => ({ category: stream, stream, events: someEvents(2) })),
      );
      const numbers = results.flat().map(({ sequenceNumber }) => sequenceNumber);
      assertSame(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      const log = (await store.log().read({ direction: "backwards", limit: 6 })).toReversed();
      assertSame(
        log.map(({ stream }) => stream),
        streams.flatMap((stream) => [stream, stream]),
      );
    }
  }),
  ruleTest(
    2,
    "if any condition is unmet nothing is written anywhere; the error names the first and lists all",
    async ({ store }) => {
      await store.stream({ category: "c", stream: "full" }).publish({ events: someEvents(4) });
      await changingNothing(store, async () => {
        const error = await rejectsWith(
          store.publish([
            { category: "a", stream: "fine", events: someEvents(2), condition: streamIsEmpty() },
            { category: "c", stream: "full", events: someEvents(1), condition: positionIs(2) },
            { category: "d", stream: "free", events: someEvents(1) },
            { category: "b", stream: "empty", events: [], condition: streamExists() },
          ]),
          "UNMET_WRITE_CONDITION",
        );
        const first = { category: "c", stream: "full", condition: positionIs(2), latestPosition: 3 };
        const second = { category: "b", stream: "empty", condition: streamExists(), latestPosition: undefined };
        const { category, stream, condition, latestPosition } = error;
        assertSame({ category, stream, condition, latestPosition }, first);
        assertSame(
          error.unmet.map((unmet) => ({ ...unmet })),
          [first, second],
        );
      });
    },
  ),
  ruleTest(2, "an entry with a condition and no events only checks", async ({ store }) => {
    const guard = store.stream({ category: "guards", stream: "g" });
    await guard.publish({ events: someEvents(1) });
    const entries = (position: number) => [
      { category: "guards", stream: "g", events: [], condition: positionIs(position) },
      { category: "data", stream: "d", events: someEvents(2) },
    ];
    const [checked, stored] = await store.publish(entries(0));
    assertSame([checked, stored?.length], [[], 2]);
    assert.equal((await guard.read()).length, 1);
    await changingNothing(store, () => rejectsWith(store.publish(entries(1)), "UNMET_WRITE_CONDITION"));
  }),
  ruleTest(2, "a publish of checks alone stores nothing, and is judged", async ({ store }) => {
    await store.stream({ category: "c", stream: "s" }).publish({ events: someEvents(1) });
    await changingNothing(store, async () => {
      assertSame(await store.publish([{ category: "c", stream: "s", events: [], condition: streamExists() }]), [[]]);
      const unmet = store.publish([{ category: "c", stream: "s", events: [], condition: streamIsEmpty() }]);
      await rejectsWith(unmet, "UNMET_WRITE_CONDITION");
    });
  }),
  ruleTest(2, "an event that cannot be stored leaves the streams of all entries as they were", async ({ store }) => {
    await changingNothing(store, () =>
      rejectsWith(
        store.publish([
          { category: "a", stream: "1", events: someEvents(3) },
          { category: "b", stream: "2", events: [noted(1), noted(Number.POSITIVE_INFINITY)] },
        ]),
        "INVALID_EVENT",
      ),
    );
  }),
  ruleTest(2, "an id taken already in one entry leaves the streams of all entries as they were", async ({ store }) => {
    const [taken] = await store.stream({ category: "a", stream: "1" }).publish({ events: someEvents(1) });
    await changingNothing(store, () =>
      rejectsWith(
        store.publish([
          { category: "x", stream: "1", events: someEvents(3) },
          { category: "y", stream: "2", events: [{ ...noted(1), id: taken?.id }] },
        ]),
        "DUPLICATE_EVENT_ID",
      ),
    );
  }),
  ruleTest(2, "the same stream twice is a RangeError", async ({ store }) => {
    const streams = [
      { stream: "s", events: someEvents(1) },
      { stream: "s", events: someEvents(1) },
    ];
    await changingNothing(store, async () => {
      await rejectsWithClass(store.category("c").publish({ streams }), RangeError);
      await rejectsWithClass(store.publish(streams.map((entry) => ({ category: "c", ...entry }))), RangeError);
    });
    await store.publish([
      { category: "c", stream: "s", events: someEvents(1) },
      { category: "d", stream: "s", events: someEvents(1) },
    ]);
  }),
  ruleTest(2, "an entry with neither events nor condition, and an empty list, are RangeErrors", async ({ store }) => {
    const idle = { stream: "idle", events: [] };
    const busy = { stream: "busy", events: someEvents(1) };
    await changingNothing(store, async () => {
      await rejectsWithClass(store.category("c").publish({ streams: [busy, idle] }), RangeError);
      await rejectsWithClass(store.publish([{ category: "c", ...idle }]), RangeError);
      await rejectsWithClass(store.category("c").publish({ streams: [] }), RangeError);
      await rejectsWithClass(store.publish([]), RangeError);
    });
  }),
  ruleTest(
    2,
    "rivals that publish to two streams in opposite orders all succeed, each as a whole",
    async ({ store, otherStore, sizes }) => {
      const entry = (stream: string) => ({ category: "c", stream, events: someEvents(2) });
      const publishes = Array.from({ length: sizes.writers }, (_, rival) =>
        (rival % 2 === 0 ? store : otherStore).publish(
          rival % 3 === 0 ? [entry("a"), entry("b")] : [entry("b"), entry("a")],
        ),
      );
      const results = await Promise.all(publishes);
      for (const [first = [], second = []] of results) {
        assert.equal((first[1]?.position ?? 0) - (first[0]?.position ?? 0), 1, "the events of an entry are neighbours");
        assert.equal(first[0]?.position, second[0]?.position, "both streams grew together");
      }
      for (const stream of ["a", "b"]) {
        const positions = (await store.stream({ category: "c", stream }).read()).map(({ position }) => position);
        assertSame(
          positions,
          Array.from({ length: sizes.writers * 2 }, (_, index) => index),
        );
      }
    },
  ),
];
