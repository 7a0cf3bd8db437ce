import assert from "node:assert/strict";
import { allOf, not, predicate, type StoredEvent, streamExists } from "@eventfold/store";
import { changingNothing } from "../observe/contents.ts";
import { rejectionOf, rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "accounts", stream: "acc-1" };

/** Rule 3: the caller's own conditions. */
export const predicates: readonly StorageRuleTest[] = [
  ruleTest(3, "a predicate sees the stored latest event, or undefined", async ({ store }) => {
    const stream = store.stream(NAMES);
    const seen: (StoredEvent | undefined)[] = [];
    const condition = predicate("watches", (latest) => {
      seen.push(latest);
      return true;
    });
    const [first] = await stream.publish({ events: someEvents(1), condition });
    await stream.publish({ events: someEvents(1), condition });
    assertSame(seen, [undefined, first]);
  }),
  ruleTest(3, "a predicate that is false, alone or combined, refuses", async ({ store }) => {
    const stream = store.stream(NAMES);
    await stream.publish({ events: [noted("first")] });
    const isFirst = predicate("is first", (latest) => latest?.payload === "first");
    await stream.publish({ events: [noted("second")], condition: allOf(streamExists(), isFirst) });
    await changingNothing(store, async () => {
      await rejectsWith(stream.publish({ events: [noted("third")], condition: isFirst }), "UNMET_WRITE_CONDITION");
      const combined = allOf(streamExists(), isFirst);
      await rejectsWith(stream.publish({ events: [noted("third")], condition: combined }), "UNMET_WRITE_CONDITION");
    });
    await stream.publish({ events: [noted("third")], condition: not(isFirst) });
  }),
  ruleTest(3, "a predicate that throws rejects with its own error, nothing stored", async ({ store }) => {
    const own = new Error("my own");
    const condition = predicate("throws", () => {
      throw own;
    });
    await changingNothing(store, async () => {
      assert.equal(await rejectionOf(store.stream(NAMES).publish({ events: someEvents(2), condition })), own);
    });
  }),
  ruleTest(3, "a predicate that returns a non-boolean rejects with TypeError, nothing stored", async ({ store }) => {
    for (const answer of [1, "true", undefined, null, Promise.resolve(true)]) {
      const condition = predicate("odd", () => answer as unknown as boolean);
      await changingNothing(store, () =>
        rejectsWithClass(store.stream(NAMES).publish({ events: someEvents(1), condition }), TypeError),
      );
    }
  }),
  ruleTest(
    3,
    "a predicate that stays true gets every one of many rivals through",
    async ({ store, otherStore, sizes }) => {
      const condition = predicate("always", () => true);
      await Promise.all(
        Array.from({ length: sizes.writers }, (_, rival) =>
          (rival % 2 === 0 ? store : otherStore).stream(NAMES).publish({ events: someEvents(1, rival), condition }),
        ),
      );
      const payloads = (await store.stream(NAMES).read()).map(({ payload }) => payload as { n: number });
      assertSame(
        payloads.map(({ n }) => n).sort((a, b) => a - b),
        Array.from({ length: sizes.writers }, (_, n) => n),
      );
    },
  ),
];
