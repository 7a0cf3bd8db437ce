import assert from "node:assert/strict";
import { EventStore } from "@eventfold/store";
import { inTransaction } from "../observe/in-transaction.ts";
import { assertCode, rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { everyIteration, everyStorageCall, everyStoreCall } from "./every-call.ts";

const NAMES = { category: "c", stream: "s" };

/** Rule 19: opening and closing. */
export const lifeCycle: readonly StorageRuleTest[] = [
  ruleTest(19, "close is idempotent, one after another and at once, and isClosed says so", async ({ adapter }) => {
    await Promise.all([adapter.close(), adapter.close()]);
    await adapter.close();
    assert.equal(adapter.isClosed, true, "isClosed");
  }),
  ruleTest(19, "an adapter can be disposed of", async ({ adapter }) => {
    await adapter[Symbol.asyncDispose]();
    assert.equal(adapter.isClosed, true, "isClosed");
    await adapter[Symbol.asyncDispose]();
    await rejectsWith(adapter.storage.latest({ kind: "log" }), "ADAPTER_CLOSED");
  }),
  ruleTest(
    19,
    "use after close rejects with AdapterClosedError, by every method of adapter and store",
    async ({ adapter, store }) => {
      await store.stream(NAMES).publish({ events: someEvents(1) });
      const calls = [...everyStorageCall(adapter.storage), ...everyStoreCall(store)];
      calls.push(["newsOf", () => adapter.newsOf([{ source: { kind: "log" }, after: 0 }])]);
      if (adapter.transaction !== undefined) calls.push(["transaction", () => inTransaction(adapter, async () => 1)]);
      await adapter.close();
      for (const [name, call] of calls) {
        const { isRetryable } = await rejectsWith(call(), "ADAPTER_CLOSED").catch((error) =>
          assert.fail(`${name}: ${error.message}`),
        );
        assert.equal(isRetryable, false, "isRetryable");
      }
    },
  ),
  ruleTest(
    19,
    "close waits for publishes in flight: each is either stored as a whole or rejected",
    async ({ adapter, store, open, sizes }) => {
      const publish = (n: number) =>
        store.publish(
          ["a", "b"].map((stream) => ({ category: "c", stream: `${stream}${n % 5}`, events: someEvents(2, n) })),
        );
      const publishes = Array.from({ length: sizes.writers * 2 }, (_, n) => publish(n));
      await new Promise(setImmediate); // these are under way, those that follow have just been made
      for (let n = 0; n < sizes.writers * 2; n += 1) publishes.push(publish(n));
      const settled = Promise.allSettled(publishes);
      let settledCount = 0;
      for (const each of publishes) each.catch(() => {}).finally(() => (settledCount += 1));
      await adapter.close();
      await new Promise(setImmediate); // what has been answered reaches its caller
      assert.equal(settledCount, publishes.length, "publishes that were settled once close had ended");
      const outcomes = await settled;
      for (const outcome of outcomes)
        if (outcome.status === "rejected") assert.equal(outcome.reason?.code, "ADAPTER_CLOSED");
      if (!adapter.capabilities.durable) return;
      const reopened = new EventStore({ adapter: await open() });
      const stored = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value.flat() : []));
      const read = await reopened.log().read();
      assertSame(
        read,
        stored.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber),
      );
    },
  ),
  needing(
    "transactions",
    ruleTest(19, "close waits for a transaction, which commits", async ({ adapter, store, open }) => {
      const started = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const transaction = inTransaction(adapter, async (tx) => {
        started.resolve();
        await mayEnd.promise;
        return store
          .within(tx)
          .stream(NAMES)
          .publish({ events: someEvents(1) });
      });
      await started.promise;
      let hasClosed = false;
      const closing = adapter.close().then(() => {
        hasClosed = true;
      });
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      assert.equal(hasClosed, false, "the adapter closed while a transaction was open");
      mayEnd.resolve();
      const stored = await transaction;
      await closing;
      if (!adapter.capabilities.durable) return;
      assertSame(await new EventStore({ adapter: await open() }).log().read(), [...stored]);
    }),
  ),
  needing(
    "transactions",
    ruleTest(
      19,
      "close from inside a transaction of one's own rejects with NestedPublishError, and everything goes on",
      async ({ adapter, store }) => {
        // Not awaited in there: an adapter that waits for the transaction would wait forever.
        const [closing] = await inTransaction(adapter, async (tx) => {
          const closings = Promise.allSettled([adapter.close(), adapter[Symbol.asyncDispose]()]);
          await store
            .within(tx)
            .stream(NAMES)
            .publish({ events: someEvents(1) });
          return [closings] as const;
        });
        for (const outcome of await closing) {
          assert.equal(outcome.status, "rejected", "a close");
          assertCode(outcome.reason, "NESTED_PUBLISH");
        }
        assert.equal(adapter.isClosed, false, "isClosed");
        await store.stream(NAMES).publish({ events: someEvents(1) });
        assert.equal((await store.log().read()).length, 2);
        await adapter.close();
        await rejectsWith(adapter.storage.latest({ kind: "log" }), "ADAPTER_CLOSED");
      },
    ),
  ),
  ruleTest(
    19,
    "close does not wait for paused iterators; their next step rejects",
    async ({ adapter, store, sizes }) => {
      await store
        .category("c")
        .publish({ streams: Array.from({ length: 600 }, (_, n) => ({ stream: `s${n}`, events: someEvents(1) })) });
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      const paused = [
        ...sourcesOf(store, NAMES).flatMap(({ source }) => [source.scan(), source.scan({ direction: "backwards" })]),
        store.category("c").streams(),
      ];
      for (const iterator of paused) assert.equal((await iterator.next()).done, false);
      await adapter.close();
      for (const iterator of paused) await rejectsWith(iterator.next(), "ADAPTER_CLOSED");
    },
  ),
  ruleTest(
    19,
    "an iterator that is paused on its only page rejects too, and does not end as if that were all",
    async ({ adapter, store }) => {
      await store
        .category("c")
        .publish({ streams: ["s", "t", "u"].map((stream) => ({ stream, events: someEvents(3) })) });
      await store.stream({ category: "d", stream: "s" }).publish({ events: someEvents(1) });
      const paused = [
        ...sourcesOf(store, NAMES).flatMap(({ source }) => [source.scan(), source.scan({ direction: "backwards" })]),
        store.category("c").streams(),
        store.categories(),
      ];
      for (const iterator of paused) assert.equal((await iterator.next()).done, false);
      await adapter.close();
      for (const iterator of paused) await rejectsWith(iterator.next(), "ADAPTER_CLOSED");
    },
  ),
  ruleTest(
    19,
    "an adapter yields nothing after its close, not even a page that it holds: the next step of each iteration rejects",
    async ({ adapter, store, sizes }) => {
      await store
        .category("c")
        .publish({ streams: Array.from({ length: 600 }, (_, n) => ({ stream: `s${n}`, events: someEvents(1) })) });
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      await store.publish(
        Array.from({ length: 600 }, (_, n) => ({ ...NAMES, category: `c${n}`, events: someEvents(1) })),
      );
      const iterations = everyIteration(adapter.storage);
      for (const [, pages] of iterations) assert.equal((await pages.next()).done, false);
      await adapter.storage.latest({ kind: "log" }); // pages that are fetched ahead come in meanwhile
      await adapter.close();
      for (const [name, pages] of iterations) {
        await rejectsWith(pages.next(), "ADAPTER_CLOSED").catch((error) => assert.fail(`${name}: ${error.message}`));
      }
    },
  ),
  ruleTest(
    19,
    "reads in flight when the adapter closes are completed, or reject with AdapterClosedError",
    async ({ adapter, store, sizes }) => {
      const stored = await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      const reads = sourcesOf(store, NAMES).flatMap(({ source }) => [
        source.read(),
        source.latest().then((event) => event && [event]),
      ]);
      const settled = Promise.allSettled(reads);
      await adapter.close();
      for (const outcome of await settled) {
        if (outcome.status === "rejected") assert.equal(outcome.reason?.code, "ADAPTER_CLOSED");
        else assertSame(outcome.value, stored.slice(-(outcome.value?.length ?? 0)));
      }
    },
  ),
  needing(
    "sharedStorage",
    ruleTest(
      19,
      "closing one adapter leaves another on the same storage at work",
      async ({ adapter, store, otherStore }) => {
        await store.stream(NAMES).publish({ events: someEvents(2) });
        await adapter.close();
        await otherStore.stream(NAMES).publish({ events: someEvents(2) });
        assert.equal((await otherStore.stream(NAMES).read()).length, 4);
      },
    ),
  ),
  needing(
    "sharedStorage",
    ruleTest(19, "many adapters that are opened on fresh storage at once all work", async ({ open }) => {
      const adapters = await Promise.all(Array.from({ length: 6 }, () => open()));
      const stores = adapters.map((adapter) => new EventStore({ adapter }));
      await Promise.all(stores.map((store, n) => store.stream(NAMES).publish({ events: someEvents(1, n) })));
      for (const store of stores) assert.equal((await store.stream(NAMES).read()).length, stores.length);
    }),
  ),
];
