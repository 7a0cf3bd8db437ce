import assert from "node:assert/strict";
import type { EventStorageAdapter } from "@eventfold/store";
import { inTransaction } from "../observe/in-transaction.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { unhandledRejectionsDuring } from "../observe/unhandled-rejections.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "c", stream: "s" };

/** Waits for wake-ups until, after one of them, this is the newest event that can be read. */
async function woken(
  adapter: EventStorageAdapter,
  publish: () => Promise<{ readonly id: string } | undefined>,
): Promise<void> {
  let expected: string | undefined;
  let called = Promise.withResolvers<void>();
  const end = adapter.onChange(() => called.resolve());
  try {
    expected = (await publish())?.id;
    for (;;) {
      await called.promise;
      called = Promise.withResolvers();
      if ((await adapter.storage.latest({ kind: "log" }))?.id === expected) return;
    }
  } finally {
    end();
  }
}

/** Rule 18: the wake-ups of the port, on which followers rest. */
export const wakeUps: readonly StorageRuleTest[] = [
  ruleTest(
    18,
    "an adapter wakes its listeners after each publish, and no sooner than the event can be read",
    async ({ adapter, store, otherStore }) => {
      for (let n = 0; n < 10; n += 1) {
        const writing = n % 2 === 0 ? store : otherStore;
        await woken(adapter, async () => (await writing.stream(NAMES).publish({ events: someEvents(1, n) })).at(-1));
      }
    },
  ),
  needing(
    "transactions",
    ruleTest(
      18,
      "an adapter wakes its listeners after a transaction, once what it wrote can be read",
      async ({ adapter, store }) => {
        await woken(adapter, async () =>
          inTransaction(adapter, async (tx) =>
            (
              await store
                .within(tx)
                .stream(NAMES)
                .publish({ events: someEvents(1) })
            ).at(-1),
          ),
        );
      },
    ),
  ),
  ruleTest(
    18,
    "every listener is called, the same function twice if it was given twice, until its own end is called",
    async ({ adapter, store }) => {
      let shared = 0;
      const listener = (): void => {
        shared += 1;
      };
      const ends = [adapter.onChange(listener), adapter.onChange(listener)];
      ends[0]?.();
      ends[0]?.();
      await woken(adapter, async () => (await store.stream(NAMES).publish({ events: someEvents(1) })).at(-1));
      assert.ok(shared >= 1, "the second registration of the same function still holds");
      ends[1]?.();
      const before = shared;
      await woken(adapter, async () => (await store.stream(NAMES).publish({ events: someEvents(1) })).at(-1));
      assert.equal(shared, before, "calls after the end");
    },
  ),
  ruleTest(
    18,
    "a listener that throws or rejects changes no result of a publish, and does not keep others from being called",
    async ({ adapter, store, otherStore }) => {
      const ends = [
        adapter.onChange(() => {
          throw new Error("the listener's own");
        }),
        adapter.onChange(() => Promise.reject(new Error("the asynchronous listener's own"))),
      ];
      const unhandled = await unhandledRejectionsDuring(async () => {
        for (let n = 0; n < 4; n += 1) {
          await woken(adapter, async () => {
            const writing = n % 2 === 0 ? store : otherStore;
            const stored = await writing.stream(NAMES).publish({ events: someEvents(1, n) });
            assert.equal(stored.isRepeat, false, "isRepeat");
            return stored.at(-1);
          });
        }
      });
      for (const end of ends) end();
      assertSame(unhandled, [], "unhandled rejections");
      assertSame(
        (await store.log().read()).map(({ payload }) => payload),
        someEvents(4).map(({ payload }) => payload),
      );
    },
  ),
];
