import assert from "node:assert/strict";
import { type EventStorageAdapter, EventStore, inlineHook } from "@eventfold/store";
import { rejectionOf } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "c", stream: "s" };

/** Hooks that run in the transaction of a publish. */
export const inlineHooks: readonly StorageRuleTest[] = [
  needing(
    "transactions",
    ruleTest(
      "transactions",
      "an inline hook is given a store in the transaction of its publish: all of it is stored, or nothing",
      async ({ adapter, otherStore }) => {
        const own = new Error("my own");
        const found: unknown[] = [];
        const noting = inlineHook(adapter, {
          needsOrder: "stream",
          run: async ({ events, store }) => {
            found.push(await store.eventById(events[0]?.id ?? ""));
            await store.stream({ category: "noted", stream: "n" }).publish({ events: someEvents(1) });
            if (events.length > 1) throw own;
          },
        });
        const store = new EventStore({ adapter, inline: [noting] });
        assert.equal(await rejectionOf(store.stream(NAMES).publish({ events: someEvents(2) })), own);
        assertSame(await otherStore.log().read(), []);
        const stored = await store.stream(NAMES).publish({ events: someEvents(1) });
        assertSame(found.slice(1), [...stored]);
        const noted = await otherStore.category("noted").read();
        assert.equal(noted.length, 1, "events that the hook published");
        assertSame(await otherStore.log().read(), [...stored, ...noted]);
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      "transactions",
      "an inline hook that was made for the adapter is refused by a store on another one",
      async ({ adapter }) => {
        const hook = inlineHook(adapter, { needsOrder: "stream", run: async () => {} });
        const another: EventStorageAdapter = { ...adapter, storage: adapter.storage };
        assert.throws(() => new EventStore({ adapter: another, inline: [hook] }), /another adapter/);
        assert.doesNotThrow(() => new EventStore({ adapter, inline: [hook] }));
      },
    ),
  ),
];
