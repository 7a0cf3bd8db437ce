import assert from "node:assert/strict";
import { not, positionIs, predicate, streamIsEmpty, type WriteCondition } from "@eventfold/store";
import { described } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";

const NAMES = { category: "accounts", stream: "contested" };

/** Lets rivals publish at once with one condition, through both stores, and asserts that exactly one got through. */
async function raceForOne({ store, otherStore, sizes }: StorageStage, condition: WriteCondition): Promise<void> {
  const before = (await store.stream(NAMES).read()).length;
  const outcomes = await Promise.allSettled(
    Array.from({ length: sizes.writers }, (_, rival) =>
      (rival % 2 === 0 ? store : otherStore).stream(NAMES).publish({ events: someEvents(2, rival), condition }),
    ),
  );
  const losers = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  for (const error of losers) assert.equal(error?.code, "UNMET_WRITE_CONDITION", described(error));
  assert.equal(
    outcomes.length - losers.length,
    1,
    `winners among ${sizes.writers} rivals with ${JSON.stringify(condition)}`,
  );
  assert.equal((await otherStore.stream(NAMES).read()).length, before + 2, "only the winner's events are stored");
}

/** Rule 3: simultaneous publishes. */
export const rivals: readonly StorageRuleTest[] = [
  ruleTest(3, "of many rivals with positionIs(k) exactly one wins, always", async (stage) => {
    const [first] = await stage.store.stream(NAMES).publish({ events: someEvents(1) });
    for (let round = 0, position = first?.position ?? 0; round < stage.sizes.repeats; round += 1, position += 2) {
      await raceForOne(stage, positionIs(position));
    }
  }),
  ruleTest(3, "of many rivals with streamIsEmpty exactly one wins", async (stage) => {
    await raceForOne(stage, streamIsEmpty());
  }),
  ruleTest(3, "of many rivals with a predicate that the first makes false exactly one wins", async (stage) => {
    await stage.store.stream(NAMES).publish({ events: [{ name: "opened", payload: null }] });
    await raceForOne(
      stage,
      predicate("just opened", (latest) => latest?.name === "opened"),
    );
  }),
  ruleTest(3, "of publishes made at once only those are refused whose own condition is unmet", async (stage) => {
    const { store, otherStore, sizes } = stage;
    const conditions = [undefined, streamIsEmpty(), positionIs(0), positionIs(2 ** 31), not(positionIs(2 ** 31))];
    const outcomes = await Promise.allSettled(
      Array.from({ length: sizes.writers }, (_, n) =>
        store.stream({ category: "accounts", stream: `s${n}` }).publish({
          ...{ events: someEvents(1, n), condition: conditions[n % conditions.length] },
        }),
      ),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const isRefused = [2, 3].includes(n % conditions.length);
      assert.equal(outcome.status, isRefused ? "rejected" : "fulfilled", `publish ${n}`);
      if (outcome.status === "rejected") {
        assert.equal(outcome.reason?.code, "UNMET_WRITE_CONDITION", described(outcome.reason));
      }
    }
    const refused = outcomes.filter(({ status }) => status === "rejected").length;
    assert.equal((await otherStore.log().read()).length, sizes.writers - refused);
  }),
  ruleTest(
    3,
    "a race for two streams at once has one winner, and the losers leave nothing in either",
    async ({ store, otherStore, sizes }) => {
      const entries = (rival: number) =>
        ["a", "b"].map((stream) => ({
          category: "pairs",
          stream,
          events: someEvents(1, rival),
          condition: streamIsEmpty(),
        }));
      const outcomes = await Promise.allSettled(
        Array.from({ length: sizes.writers }, (_, rival) => {
          const streams = rival % 3 === 0 ? entries(rival).toReversed() : entries(rival);
          return (rival % 2 === 0 ? store : otherStore).publish(streams);
        }),
      );
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
      assert.equal((await otherStore.category("pairs").read()).length, 2);
    },
  ),
  ruleTest(
    3,
    "positions stay without gaps while conditional and unconditional publishes mix",
    async ({ store, otherStore, sizes }) => {
      const publish = async (rival: number): Promise<number> => {
        const stream = (rival % 2 === 0 ? store : otherStore).stream(NAMES);
        const latest = await stream.latest();
        const condition = latest === undefined ? streamIsEmpty() : positionIs(latest.position);
        const request = rival % 3 === 0 ? { events: someEvents(1) } : { events: someEvents(2), condition };
        return stream.publish(request).then(
          ({ length }) => length,
          () => 0,
        );
      };
      const counts = await Promise.all(
        Array.from({ length: sizes.writers * sizes.repeats }, (_, rival) => publish(rival)),
      );
      const positions = (await store.stream(NAMES).read()).map(({ position }) => position);
      const stored = counts.reduce((sum, count) => sum + count, 0);
      assertSame(
        positions,
        Array.from({ length: stored }, (_, index) => index),
      );
    },
  ),
];
