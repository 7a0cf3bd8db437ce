import assert from "node:assert/strict";
import { EventStore, type LogPublishEntry, positionIs } from "@eventfold/store";
import { isEventfoldError, StorageUnavailableError } from "@eventfold/types";
import { loseReply } from "../../faults/fault.ts";
import { faultScript } from "../../faults/fault-plan.ts";
import { withFaults } from "../../faults/with-faults.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";

const NAMES = { category: "c", stream: "s" };

/** Rule 21: replies that are lost. */
export const lostReplies: readonly StorageRuleTest[] = [
  ruleTest(
    21,
    "a request that is sent to the adapter again, because its reply was lost, is stored once",
    async ({ adapter, store }) => {
      const events = [preparedEvent({ n: 1 }), preparedEvent({ n: 2 })];
      const request = { writes: [{ ...NAMES, events, allowed: { positions: [-1], complement: false } }] };
      const first = await adapter.storage.save(request);
      const second = await adapter.storage.save(request);
      assertSame([first.kind, second.kind], ["stored", "repeat"]);
      assertSame("events" in second && second.events, "events" in first && first.events);
      assert.equal((await store.stream(NAMES).read()).length, 2);
    },
  ),
  ruleTest(
    21,
    "after a lost reply the error carries the prepared events, and publishing them again stores nothing twice",
    async ({ adapter, store }) => {
      const before = await store.stream(NAMES).publish({ events: someEvents(2) });
      const lost = faultScript({ save: [loseReply(new StorageUnavailableError("The reply was lost."))] });
      const lossy = new EventStore({ adapter: withFaults(adapter, lost) });
      const publish = lossy.publish([
        {
          ...NAMES,
          events: [{ ...noted({ a: [1, "x"] }), metadata: { by: "me" }, version: 3 }],
          condition: positionIs(1),
        },
        { category: "d", stream: "t", events: someEvents(2) },
      ]);
      const error = await rejectsWith(publish, "STORAGE_UNAVAILABLE");
      assert.equal(error.isRetryable, true, "isRetryable");
      const stored = (await store.log().read()).slice(before.length);
      assert.equal(stored.length, 3, "the write took place; only its reply was lost");
      const again = await store.publish(error.preparedWrites);
      assert.equal(again.isRepeat, true, "isRepeat");
      assertSame(again.flat(), stored);
      assert.equal((await store.log().read()).length, before.length + 3);
    },
  ),
  needing(
    "cutConnections",
    withAmpleTime(
      ruleTest(
        21,
        "publishes whose connections are cut under way are stored once, or reject as retryable and can be repeated",
        async ({ store, otherStore, cutConnections, sizes }) => {
          for (let round = 0; round < sizes.repeats; round += 1) {
            const publishes = Array.from({ length: sizes.writers }, (_, n) =>
              publishUntilDone(n % 2 === 0 ? store : otherStore, n),
            );
            await cutConnections();
            const stored = (await Promise.all(publishes)).flat();
            const ids = new Set((await otherStore.log().read()).map(({ id }) => id));
            assert.ok(
              stored.every((id) => ids.has(id)),
              "every publish that was acknowledged is stored",
            );
          }
          const events = await otherStore.log().read();
          assert.equal(events.length, sizes.repeats * sizes.writers * 2, "each publish is stored exactly once");
        },
      ),
    ),
  ),
];

/** Publishes two events, and repeats the prepared ones as long as the error says that this may help. */
async function publishUntilDone(store: EventStore, n: number): Promise<string[]> {
  let entries: readonly LogPublishEntry[] = [{ category: "cut", stream: `s${n % 4}`, events: someEvents(2, n) }];
  for (;;) {
    try {
      return (await store.publish(entries)).flat().map(({ id }) => id);
    } catch (error) {
      if (!isEventfoldError(error) || !error.isRetryable) throw error;
      if (isEventfoldError(error, "STORAGE_UNAVAILABLE")) entries = error.preparedWrites;
    }
  }
}
