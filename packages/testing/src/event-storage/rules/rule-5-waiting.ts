import assert from "node:assert/strict";
import { EventStore } from "@eventfold/store";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";

const NAMES = { category: "counters", stream: "hot" };

/** Rule 5: publishes without condition wait their turn. */
export const waitingForTurn: readonly StorageRuleTest[] = [
  ruleTest(
    5,
    "many publishes without condition to one stream all go through, each event once",
    async ({ store, otherStore, sizes }) => {
      const count = sizes.writers * sizes.repeats * 2;
      const results = await Promise.all(
        Array.from({ length: count }, (_, rival) =>
          (rival % 2 === 0 ? store : otherStore).stream(NAMES).publish({ events: someEvents(1, rival) }),
        ),
      );
      const read = await otherStore.stream(NAMES).read();
      assertSame(
        read.map(({ position }) => position),
        Array.from({ length: count }, (_, index) => index),
      );
      const returned = results.flat().toSorted((a, b) => a.position - b.position);
      assertSame(returned, read, "what each publish returned is what was stored");
    },
  ),
  ruleTest(
    5,
    "publishes of one caller to one stream are stored in the order in which they were made",
    async ({ store }) => {
      const stream = store.stream(NAMES);
      const publishes = Array.from({ length: 50 }, (_, n) => stream.publish({ events: someEvents(1, n) }));
      await Promise.all(publishes);
      const payloads = (await stream.read()).map(({ payload }) => (payload as { n: number }).n);
      assertSame(
        payloads,
        Array.from({ length: 50 }, (_, n) => n),
      );
    },
  ),
  ruleTest(5, "one bad publish among many does not fail its neighbours", async ({ store, sizes }) => {
    const [taken] = await store.stream({ category: "ids", stream: "taken" }).publish({ events: someEvents(1) });
    const outcomes = await Promise.allSettled(
      Array.from({ length: sizes.writers * 2 }, (_, n) => {
        const events = n % 4 === 3 ? [{ ...noted(n), id: taken?.id }] : someEvents(1, n);
        return store.stream(NAMES).publish({ events });
      }),
    );
    const expected = outcomes.map((_, n) => (n % 4 === 3 ? "rejected" : "fulfilled"));
    assertSame(
      outcomes.map(({ status }) => status),
      expected,
    );
    assert.equal((await store.stream(NAMES).read()).length, expected.filter((status) => status === "fulfilled").length);
  }),
  needing(
    "transactions",
    ruleTest(
      5,
      "a publish whose turn does not come within writeTimeoutMs rejects with a retryable StorageBusyError",
      async ({ open }) => {
        const adapter = await open({ writeTimeoutMs: 750 });
        const store = new EventStore({ adapter });
        const written = Promise.withResolvers<void>();
        const waiting = Promise.withResolvers<void>();
        const transaction = adapter.transaction?.(async (tx) => {
          await store
            .within(tx)
            .stream(NAMES)
            .publish({ events: someEvents(1) });
          written.resolve();
          await waiting.promise;
        });
        await Promise.race([written.promise, transaction]);
        const error = await rejectsWith(
          store.stream(NAMES).publish({ events: someEvents(1, 1) }),
          "STORAGE_BUSY",
        ).finally(waiting.resolve);
        assert.equal(error.isRetryable, true, "isRetryable");
        await transaction;
        assert.equal((await store.stream(NAMES).read()).length, 1, "the publish that was refused stored nothing");
        await store.stream(NAMES).publish({ events: someEvents(1, 2) });
      },
    ),
  ),
];
