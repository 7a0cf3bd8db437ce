import assert from "node:assert/strict";
import { type NewEvent, newEvent, positionIs, streamIsEmpty } from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "accounts", stream: "acc-1" };
const identified = (count: number, from = 0): NewEvent[] => someEvents(count, from).map((event) => newEvent(event));
const idsOf = (events: readonly NewEvent[]): (string | undefined)[] => events.map(({ id }) => id);

/** Rule 6: ids that are taken. */
export const duplicates: readonly StorageRuleTest[] = [
  ruleTest(
    6,
    "ids stored in another stream or category are duplicates, nothing stored",
    async ({ store, otherStore }) => {
      const events = identified(2);
      await store.stream(NAMES).publish({ events });
      await changingNothing(store, async () => {
        for (const elsewhere of [
          { ...NAMES, stream: "acc-2" },
          { ...NAMES, category: "savings" },
        ]) {
          const error = await rejectsWith(otherStore.stream(elsewhere).publish({ events }), "DUPLICATE_EVENT_ID");
          assertSame([...error.ids], idsOf(events));
          assert.equal(error.isRetryable, false, "isRetryable");
        }
      });
    },
  ),
  ruleTest(6, "ids stored only in part are duplicates, wherever the new ones are", async ({ store }) => {
    const [first, second] = identified(2);
    await store.stream(NAMES).publish({ events: [first, second].filter((event) => event !== undefined) });
    const taken = { ...noted("again"), id: first?.id };
    await changingNothing(store, async () => {
      for (const events of [
        [taken, noted("new")],
        [noted("new"), taken],
        [noted("new"), taken, noted("new")],
      ]) {
        const error = await rejectsWith(store.stream(NAMES).publish({ events }), "DUPLICATE_EVENT_ID");
        assertSame([...error.ids], [first?.id], "only the ids that are taken are named");
      }
    });
  }),
  ruleTest(6, "stored ids in another order are duplicates", async ({ store }) => {
    const events = identified(3);
    await store.stream(NAMES).publish({ events });
    await changingNothing(store, async () => {
      const error = await rejectsWith(
        store.stream(NAMES).publish({ events: events.toReversed() }),
        "DUPLICATE_EVENT_ID",
      );
      assertSame([...error.ids], idsOf(events.toReversed()), "the ids are in the order of the publish");
    });
  }),
  ruleTest(6, "the same id twice in one publish, in one entry or two, is a duplicate", async ({ store }) => {
    const twice = { ...noted("twice"), id: "018f0000-0000-7000-8000-00000000000a" };
    await changingNothing(store, async () => {
      const one = store.stream(NAMES).publish({ events: [twice, noted("other"), twice] });
      assertSame([...(await rejectsWith(one, "DUPLICATE_EVENT_ID")).ids], [twice.id]);
      const entries = ["a", "b"].map((stream) => ({ category: "c", stream, events: [twice] }));
      assertSame([...(await rejectsWith(store.publish(entries), "DUPLICATE_EVENT_ID")).ids], [twice.id]);
    });
    await store.stream(NAMES).publish({ events: [twice] });
    await rejectsWith(store.stream(NAMES).publish({ events: [twice, twice] }), "DUPLICATE_EVENT_ID");
  }),
  ruleTest(
    6,
    "a publish to several streams, with an entry whose ids are all stored and one that is new, is a duplicate",
    async ({ store }) => {
      const [old, fresh] = [identified(2), identified(2, 2)];
      await store.stream({ category: "a", stream: "1" }).publish({ events: old });
      await changingNothing(store, async () => {
        const entries = [
          { category: "a", stream: "1", events: old },
          { category: "b", stream: "2", events: fresh },
        ];
        await rejectsWith(store.publish(entries), "DUPLICATE_EVENT_ID");
        await rejectsWith(store.publish(entries.toReversed()), "DUPLICATE_EVENT_ID");
      });
      await store.stream({ category: "b", stream: "2" }).publish({ events: fresh });
    },
  ),
  ruleTest(6, "a duplicate is judged before a condition", async ({ store }) => {
    const events = identified(1);
    await store.stream(NAMES).publish({ events });
    const condition = positionIs(77);
    await rejectsWith(store.stream({ ...NAMES, stream: "b" }).publish({ events, condition }), "DUPLICATE_EVENT_ID");
    await rejectsWith(store.stream(NAMES).publish({ events: identified(1), condition }), "UNMET_WRITE_CONDITION");
  }),
  ruleTest(6, "an id that a refused publish carried is free", async ({ store }) => {
    const events = identified(2);
    await store.stream(NAMES).publish({ events: someEvents(1) });
    await rejectsWith(store.stream(NAMES).publish({ events, condition: streamIsEmpty() }), "UNMET_WRITE_CONDITION");
    assert.equal((await store.stream({ ...NAMES, stream: "b" }).publish({ events })).isRepeat, false, "isRepeat");
  }),
  ruleTest(
    6,
    "of rivals that publish one id to different streams exactly one wins",
    async ({ store, otherStore, sizes }) => {
      for (let round = 0; round < sizes.repeats; round += 1) {
        const events = identified(1);
        const outcomes = await Promise.allSettled(
          Array.from({ length: sizes.writers }, (_, rival) =>
            (rival % 2 === 0 ? store : otherStore)
              .stream({ category: `c${rival % 4}`, stream: `s${rival}` })
              .publish({ events }),
          ),
        );
        const refused = outcomes.filter((outcome) => outcome.status === "rejected");
        for (const { reason } of refused) assert.equal(reason?.code, "DUPLICATE_EVENT_ID", String(reason));
        assert.equal(refused.length, sizes.writers - 1);
      }
      assert.equal((await store.log().read()).length, sizes.repeats);
    },
  ),
];
