import assert from "node:assert/strict";
import {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  streamExists,
  streamIsEmpty,
  unchangedSince,
  type WriteCondition,
} from "@eventfold/store";
import { forEachValue } from "../../suite/for-each-value.ts";
import { changingNothing } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { conditionHoldsAt, generatedCondition } from "./generated-condition.ts";

const NAMES = { category: "accounts", stream: "acc-1" };

/** Each closed condition, and whether it holds of an empty stream and of one whose latest position is 0, 1, 2. */
const TABLE: readonly (readonly [string, WriteCondition, readonly boolean[]])[] = [
  ["noCondition()", noCondition(), [true, true, true, true]],
  ["streamIsEmpty()", streamIsEmpty(), [true, false, false, false]],
  ["streamExists()", streamExists(), [false, true, true, true]],
  ["positionIs(0)", positionIs(0), [false, true, false, false]],
  ["positionIs(1)", positionIs(1), [false, false, true, false]],
  ["positionIs(9)", positionIs(9), [false, false, false, false]],
  ["unchangedSince(undefined)", unchangedSince(undefined), [true, false, false, false]],
  ["not(positionIs(1))", not(positionIs(1)), [true, true, false, true]],
  ["not(noCondition())", not(noCondition()), [false, false, false, false]],
  ["anyOf(streamIsEmpty(), positionIs(2))", anyOf(streamIsEmpty(), positionIs(2)), [true, false, false, true]],
  ["anyOf()", anyOf(), [false, false, false, false]],
  ["allOf()", allOf(), [true, true, true, true]],
  ["allOf(streamExists(), not(positionIs(0)))", allOf(streamExists(), not(positionIs(0))), [false, false, true, true]],
  ["positionIs(2 ** 31)", positionIs(2 ** 31), [false, false, false, false]],
  ["not(positionIs(2 ** 53 - 1))", not(positionIs(2 ** 53 - 1)), [true, true, true, true]],
  ["anyOf(positionIs(1), positionIs(2 ** 31))", anyOf(positionIs(1), positionIs(2 ** 31)), [false, false, true, false]],
  [
    "allOf(positionIs(1), not(positionIs(2 ** 31)))",
    allOf(positionIs(1), not(positionIs(2 ** 31))),
    [false, false, true, false],
  ],
  ["not(anyOf(positionIs(0), positionIs(2)))", not(anyOf(positionIs(0), positionIs(2))), [true, false, true, false]],
];

/** Rule 3: the conditions, one publish at a time. */
export const writeConditions: readonly StorageRuleTest[] = [
  ruleTest(3, "each condition lets a publish through exactly where it holds", async ({ store }) =>
    forEachValue(
      TABLE.map(([title, ...row]) => [title, row] as const),
      async ([condition, holds], row) => {
        for (const [size, expected] of holds.entries()) {
          const stream = store.stream({ category: "accounts", stream: `${row}-of-${size}` });
          if (size > 0) await stream.publish({ events: someEvents(size) });
          const publish = stream.publish({ events: someEvents(1), condition });
          if (expected) assert.equal((await publish)[0]?.position, size);
          else await rejectsWith(publish, "UNMET_WRITE_CONDITION");
          const stored = (await stream.read()).length;
          assert.equal(stored, expected ? size + 1 : size, `after a publish to a stream of ${size}`);
        }
      },
    ),
  ),
  ruleTest(3, "unchangedSince(latest) holds until somebody publishes", async ({ store, otherStore }) => {
    const stream = store.stream(NAMES);
    const [first] = await stream.publish({ events: someEvents(1) });
    const [second] = await stream.publish({ events: someEvents(1), condition: unchangedSince(first) });
    await rejectsWith(
      stream.publish({ events: someEvents(1), condition: unchangedSince(first) }),
      "UNMET_WRITE_CONDITION",
    );
    await otherStore.stream(NAMES).publish({ events: someEvents(1), condition: unchangedSince(second) });
    await rejectsWith(
      stream.publish({ events: someEvents(1), condition: unchangedSince(second) }),
      "UNMET_WRITE_CONDITION",
    );
  }),
  ruleTest(
    3,
    "every generated combination of conditions is judged as its truth table says",
    async ({ store, random, sizes }) => {
      for (let round = 0; round < sizes.cases; round += 1) {
        const size = random.integer(0, 4);
        const condition = generatedCondition(random, 3);
        const stream = store.stream({ category: "accounts", stream: `round-${round}` });
        if (size > 0) await stream.publish({ events: someEvents(size) });
        const stored = await stream.publish({ events: someEvents(1), condition }).then(
          () => true,
          () => false,
        );
        const expected = conditionHoldsAt(condition, size - 1);
        assert.equal(stored, expected, `${JSON.stringify(condition)} of a stream of ${size} events`);
        assert.equal((await stream.read()).length, size + (stored ? 1 : 0));
      }
    },
  ),
  ruleTest(3, "a condition on one stream is not judged by another of the same category or name", async ({ store }) => {
    await store.stream({ category: "a", stream: "s" }).publish({ events: someEvents(3) });
    await store.stream({ category: "b", stream: "s" }).publish({ events: someEvents(1), condition: streamIsEmpty() });
    await store.stream({ category: "a", stream: "t" }).publish({ events: someEvents(1), condition: streamIsEmpty() });
    await store.stream({ category: "a", stream: "s" }).publish({ events: someEvents(1), condition: positionIs(2) });
  }),
  ruleTest(
    4,
    "an unmet condition rejects with the stream, the condition and the latest position",
    async ({ store }) => {
      const stream = store.stream(NAMES);
      await stream.publish({ events: someEvents(3) });
      await changingNothing(store, async () => {
        const condition = positionIs(1);
        const error = await rejectsWith(stream.publish({ events: someEvents(1), condition }), "UNMET_WRITE_CONDITION");
        const found = {
          category: error.category,
          stream: error.stream,
          condition: error.condition,
          latestPosition: error.latestPosition,
        };
        assertSame(found, { ...NAMES, condition, latestPosition: 2 });
        assert.equal(error.isRetryable, false, "the identical call would be refused again");
      });
    },
  ),
  ruleTest(4, "of an empty stream the latest position in the error is undefined", async ({ store }) => {
    await changingNothing(store, async () => {
      const publish = store.stream(NAMES).publish({ events: someEvents(1), condition: streamExists() });
      assert.equal((await rejectsWith(publish, "UNMET_WRITE_CONDITION")).latestPosition, undefined);
    });
  }),
];
