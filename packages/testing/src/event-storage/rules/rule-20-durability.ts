import assert from "node:assert/strict";
import { EventStore, positionIs } from "@eventfold/store";
import { assertSameContents, contentsOf } from "../observe/contents.ts";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { filledLog } from "./filled-log.ts";
import { KEPT_VALUES } from "./json-values.ts";

const NAMES = { category: "c", stream: "s" };

/** Rule 20: what was acknowledged lasts. Each adapter proves by itself, with real crashes, what a crash leaves. */
export const durability: readonly StorageRuleTest[] = [
  needing(
    "durable",
    ruleTest(
      20,
      "what was acknowledged is there, unchanged, when the storage is opened again",
      async ({ adapter, store, open, random }) => {
        await filledLog(store, random, 300);
        await store
          .stream(NAMES)
          .publish({ events: KEPT_VALUES.map(([, value]) => ({ ...noted(value), metadata: value })) });
        await store.publish(["a", "b"].map((stream) => ({ category: "together", stream, events: someEvents(2) })));
        const before = await contentsOf(store);
        await adapter.close();
        assertSameContents(await contentsOf(new EventStore({ adapter: await open() })), before);
      },
    ),
  ),
  needing(
    "durable",
    ruleTest(
      20,
      "positions, sequence numbers, ids and conditions go on where they were when the storage is opened again",
      async ({ adapter, store, open }) => {
        const events = [{ ...noted(1), id: "018f0000-0000-7000-8000-000000000001" }];
        const [first] = await store.stream(NAMES).publish({ events });
        await adapter.close();
        const again = new EventStore({ adapter: await open() });
        assert.equal((await again.stream(NAMES).publish({ events })).isRepeat, true, "isRepeat");
        await rejectsWith(again.stream({ ...NAMES, stream: "t" }).publish({ events }), "DUPLICATE_EVENT_ID");
        await rejectsWith(
          again.stream(NAMES).publish({ events: someEvents(1), condition: positionIs(5) }),
          "UNMET_WRITE_CONDITION",
        );
        const [second] = await again.stream(NAMES).publish({ events: someEvents(1), condition: positionIs(0) });
        assert.equal(second?.position, 1);
        assert.ok((second?.sequenceNumber ?? 0) > (first?.sequenceNumber ?? 0));
      },
    ),
  ),
  needing(
    "durable",
    ruleTest(
      20,
      "sequence numbers are not used again after the storage is opened again, not even those of refused publishes",
      async ({ store, open, adapter }) => {
        const numbers: number[] = [];
        for (let round = 0; round < 3; round += 1) {
          const reopened = round === 0 ? adapter : await open();
          const current = round === 0 ? store : new EventStore({ adapter: reopened });
          await current
            .stream(NAMES)
            .publish({ events: someEvents(3), condition: positionIs(99) })
            .catch(() => {});
          for (const event of await current.stream(NAMES).publish({ events: someEvents(2) }))
            numbers.push(event.sequenceNumber);
          await reopened.close();
        }
        assertSame(
          numbers,
          [...new Set(numbers)].toSorted((a, b) => a - b),
          "sequence numbers of one publish after the other",
        );
      },
    ),
  ),
  needing(
    "sharedStorage",
    ruleTest(
      20,
      "what was acknowledged is in the storage, not in the adapter: another one, opened later, sees it",
      async ({ store, open, random }) => {
        await filledLog(store, random, 100);
        assertSameContents(await contentsOf(new EventStore({ adapter: await open() })), await contentsOf(store));
      },
    ),
  ),
];
