import assert from "node:assert/strict";
import {
  EventStore,
  isEventfoldError,
  newEvent,
  positionIs,
  streamExists,
  streamIsEmpty,
  type Transaction,
} from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import { collectedPages } from "../observe/collected.ts";
import { assertSameContents, changingNothing, contentsOf } from "../observe/contents.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { preparedEvent } from "../observe/prepared-event.ts";
import { assertCode, rejectionOf, rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { assertSeenEverywhere } from "../observe/seen-everywhere.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { needing, ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { everyStoreCall } from "./every-call.ts";

const NAMES = { category: "c", stream: "s" };

const transactionTest = (promise: string, run: (stage: StorageStage) => Promise<void>): StorageRuleTest =>
  needing("transactions", ruleTest("transactions", promise, run));

/** Transactions, and stores within them. */
export const transactions: readonly StorageRuleTest[] = [
  transactionTest(
    "a check without condition holds back whoever publishes to its stream until the transaction has ended",
    async ({ adapter, store, otherStore }) => {
      const held = Promise.withResolvers<void>();
      const rival = held.promise.then(() => otherStore.stream(NAMES).publish({ events: someEvents(1) }));
      const [inside] = await inTransaction(adapter, async (tx) => {
        await tx.storage.save({ writes: [{ ...NAMES, events: [], allowed: undefined }] });
        held.resolve();
        for (let turn = 0; turn < 50; turn++) {
          await new Promise(setImmediate);
          assert.equal(await tx.storage.latest({ kind: "stream", ...NAMES }), undefined);
        }
        return store
          .within(tx)
          .stream(NAMES)
          .publish({ events: someEvents(1) });
      });
      const [after] = await rival;
      assertSame([inside?.position, after?.position], [0, 1]);
    },
  ),
  transactionTest(
    "what was published within one is there after it, and its result is returned",
    async ({ adapter, store, otherStore }) => {
      const stored = await inTransaction(adapter, async (tx) => {
        const within = store.within(tx).stream(NAMES);
        return [
          ...(await within.publish({ events: someEvents(2) })),
          ...(await within.publish({ events: someEvents(1, 2) })),
        ];
      });
      assertSame(
        stored.map(({ position }) => position),
        [0, 1, 2],
      );
      await assertSeenEverywhere(otherStore, stored);
    },
  ),
  transactionTest(
    "one whose work rejects leaves nothing, and rejects with that same error",
    async ({ adapter, store }) => {
      await store.stream(NAMES).publish({ events: someEvents(2) });
      const own = new Error("my own");
      await changingNothing(store, async () => {
        const transaction = inTransaction(adapter, async (tx) => {
          await store.within(tx).publish([
            { ...NAMES, events: someEvents(2) },
            { category: "new", stream: "n", events: someEvents(1) },
          ]);
          throw own;
        });
        assert.equal(await rejectionOf(transaction), own);
      });
    },
  ),
  transactionTest(
    "the ids of one that was rolled back are free, and positions have no gap",
    async ({ adapter, store }) => {
      const events = someEvents(2).map((event) => newEvent(event));
      await inTransaction(adapter, async (tx) => {
        await store.within(tx).stream(NAMES).publish({ events });
        throw new Error("back");
      }).catch(() => {});
      assert.equal(await store.eventById(events[0]?.id ?? ""), undefined);
      const again = await store.stream(NAMES).publish({ events, condition: streamIsEmpty() });
      assert.equal(again.isRepeat, false, "isRepeat");
      assertSame(
        again.map(({ position }) => position),
        [0, 1],
      );
    },
  ),
  transactionTest(
    "what was rolled back does not come back to any scope when others publish after it",
    async ({ adapter, store, otherStore }) => {
      const before = await store.stream(NAMES).publish({ events: someEvents(2) });
      const own = { category: "$own", stream: "s", allowed: undefined };
      await adapter.storage.save({ writes: [{ ...own, events: [preparedEvent({ n: 0 })] }] });
      await inTransaction(adapter, async (tx) => {
        await store.within(tx).publish([
          { category: "new", stream: "n", events: someEvents(2) },
          { ...NAMES, events: someEvents(2) },
        ]);
        await tx.storage.save({ writes: [{ ...own, events: [preparedEvent({ n: 1 })] }] });
        throw new Error("back");
      }).catch(() => {});
      const after = await store.publish([
        { ...NAMES, events: someEvents(1, 2) },
        { category: "new", stream: "m", events: someEvents(1) },
      ]);
      const log = [...before, ...after.flat()];
      for (const { source, includes } of sourcesOf(otherStore, NAMES)) {
        assertSame(await source.read(), log.filter(includes));
        assertSame(await source.latest(), log.findLast(includes));
      }
      assertSame(await otherStore.category("new").read(), after[1]);
      const kept = await collectedPages(adapter.storage.scan({ kind: "category", category: "$own" }, everything()));
      assertSame(
        kept.map(({ payload }) => payload),
        [{ n: 0 }],
      );
    },
  ),
  transactionTest(
    "readers within see what was written within; readers outside do not, by any call, until it has committed",
    async ({ adapter, store, otherStore }) => {
      const [before] = await store.stream(NAMES).publish({ events: someEvents(1) });
      const contents = await contentsOf(store);
      const written = await inTransaction(adapter, async (tx) => {
        const within = store.within(tx);
        const [event] = await within.stream(NAMES).publish({ events: someEvents(1, 1) });
        await within.stream({ category: "new", stream: "n" }).publish({ events: someEvents(1) });
        assert.equal((await within.log().read()).length, 3);
        assertSame(await within.stream(NAMES).latest(), event);
        assertSame(await within.eventById(event?.id ?? ""), event);
        for (const outside of [store, otherStore]) {
          assertSameContents(await contentsOf(outside), contents);
          for (const { source } of sourcesOf(outside, NAMES)) assertSame(await source.latest(), before);
          assert.equal(await outside.eventById(event?.id ?? ""), undefined);
          assert.equal(await outside.stream({ category: "new", stream: "n" }).latest(), undefined);
        }
        return event;
      });
      for (const outside of [store, otherStore]) assertSame(await outside.eventById(written?.id ?? ""), written);
    },
  ),
  transactionTest(
    "conditions, repeats and duplicates within see what was written within and before",
    async ({ adapter, store }) => {
      const [old] = await store.stream(NAMES).publish({ events: someEvents(1) });
      await inTransaction(adapter, async (tx) => {
        const stream = store.within(tx).stream(NAMES);
        const events = someEvents(1, 1).map((event) => newEvent(event));
        const first = await stream.publish({ events, condition: positionIs(0) });
        assert.equal((await stream.publish({ events, condition: positionIs(0) })).isRepeat, true, "isRepeat");
        assertSame([...(await stream.publish({ events }))], [...first]);
        await rejectsWith(stream.publish({ events: someEvents(1), condition: positionIs(0) }), "UNMET_WRITE_CONDITION");
        const taken = [{ name: "noted", payload: 1, id: old?.id }];
        await rejectsWith(
          store
            .within(tx)
            .stream({ ...NAMES, stream: "t" })
            .publish({ events: taken }),
          "DUPLICATE_EVENT_ID",
        );
        await stream.publish({ events: someEvents(1), condition: streamExists() });
      });
      assertSame(
        (await store.log().read()).map(({ position }) => position),
        [0, 1, 2],
        "a refused publish does not end the transaction",
      );
    },
  ),
  transactionTest(
    "a publish or a transaction on the outer store from inside rejects with NestedPublishError, and the transaction goes on",
    async ({ adapter, store }) => {
      await inTransaction(adapter, async (tx) => {
        await rejectsWith(store.stream(NAMES).publish({ events: someEvents(1) }), "NESTED_PUBLISH");
        await rejectsWith(store.publish([{ ...NAMES, events: someEvents(1) }]), "NESTED_PUBLISH");
        await rejectsWith(
          Promise.resolve().then(() => inTransaction(adapter, async () => 1)),
          "NESTED_PUBLISH",
        );
        await store
          .within(tx)
          .stream(NAMES)
          .publish({ events: someEvents(1) });
      });
      assert.equal((await store.log().read()).length, 1);
      await store.stream(NAMES).publish({ events: someEvents(1) });
    },
  ),
  transactionTest(
    "use after its end rejects with TransactionEndedError, by every method, committed or rolled back",
    async ({ adapter, store }) => {
      const ended: EventStore[] = [];
      const storages: EventStorage[] = [];
      const enter = (tx: Transaction): void => {
        ended.push(store.within(tx));
        storages.push(tx.storage);
        assert.equal(tx.storage.isClosed, false, "isClosed of the storage within an open transaction");
      };
      await inTransaction(adapter, async (tx) => enter(tx));
      await inTransaction(adapter, async (tx) => {
        enter(tx);
        throw new Error("back");
      }).catch(() => {});
      assertSame(
        storages.map(({ isClosed }) => isClosed),
        [true, true],
        "isClosed of the storages within ended transactions",
      );
      for (const within of ended) {
        for (const [name, call] of everyStoreCall(within)) {
          await rejectsWith(call(), "TRANSACTION_ENDED").catch((error) => assert.fail(`${name}: ${error.message}`));
        }
      }
      assertSame(await store.log().read(), []);
    },
  ),
  transactionTest(
    "other publishes to the same stream wait until it has ended, and are judged then",
    async ({ adapter, store, otherStore }) => {
      const written = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const transaction = inTransaction(adapter, async (tx) => {
        await store
          .within(tx)
          .stream(NAMES)
          .publish({ events: someEvents(1) });
        written.resolve();
        await mayEnd.promise;
      });
      await Promise.race([written.promise, transaction]);
      const settled: string[] = [];
      const others = [store, otherStore].map((other) =>
        rejectionOf(other.stream(NAMES).publish({ events: someEvents(1), condition: streamIsEmpty() })).finally(() =>
          settled.push("other"),
        ),
      );
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      assertSame(settled, [], "a publish was judged while the transaction was open");
      mayEnd.resolve();
      await transaction;
      for (const other of others) assert.equal(((await other) as { code?: string }).code, "UNMET_WRITE_CONDITION");
    },
  ),
  transactionTest(
    "several at once run one after another, each seeing what those before it wrote",
    async ({ adapter, store, sizes }) => {
      const results = await Promise.all(
        Array.from({ length: sizes.writers }, (_, n) =>
          inTransaction(adapter, async (tx) => {
            const stream = store.within(tx).stream(NAMES);
            const latest = await stream.latest();
            await new Promise(setImmediate);
            const condition = latest === undefined ? streamIsEmpty() : positionIs(latest.position);
            return stream.publish({ events: someEvents(1, n), condition }).then(
              () => true,
              () => false,
            );
          }),
        ),
      );
      const stored = (await store.stream(NAMES).read()).map(({ position }) => position);
      assertSame(
        stored,
        Array.from({ length: results.filter(Boolean).length }, (_, index) => index),
      );
      assert.ok(results.some(Boolean), "none got through");
    },
  ),
  transactionTest(
    "publishes made at once within one are done one after another, each as a whole",
    async ({ adapter, store, otherStore, sizes }) => {
      const other = { ...NAMES, stream: "t" };
      const published = await inTransaction(adapter, async (tx) => {
        const within = store.within(tx);
        const publishes = Array.from({ length: sizes.writers }, async (_, n) => {
          const events = someEvents(3, n * 3);
          if (n % 2 === 0) return within.stream(NAMES).publish({ events });
          const entries = [
            { ...NAMES, events },
            { ...other, events },
          ];
          return (await within.publish(entries)).flat();
        });
        const [stored] = await Promise.all([
          Promise.all(publishes),
          within.log().read(),
          within.stream(NAMES).latest(),
        ]);
        return stored;
      });
      const inOrder = published.toSorted(([a], [b]) => (a?.sequenceNumber ?? 0) - (b?.sequenceNumber ?? 0));
      assertSame(await otherStore.log().read(), inOrder.flat());
      for (const names of [NAMES, other]) {
        const positions = (await otherStore.stream(names).read()).map(({ position }) => position);
        assertSame(
          positions,
          positions.map((_, index) => index),
        );
      }
    },
  ),
  transactionTest(
    "if several publishes at once within one require an empty stream, only the first gets through",
    async ({ adapter, store, sizes }) => {
      const outcomes = await inTransaction(adapter, async (tx) => {
        const stream = store.within(tx).stream(NAMES);
        return Promise.allSettled(
          Array.from({ length: sizes.writers }, (_, n) =>
            stream.publish({ events: someEvents(2, n * 2), condition: streamIsEmpty() }),
          ),
        );
      });
      const [first, ...rivals] = outcomes;
      assert.equal(first?.status, "fulfilled", "the first publish");
      for (const rival of rivals) {
        assert.equal(rival.status, "rejected", "another publish");
        assertCode(rival.reason, "UNMET_WRITE_CONDITION");
      }
      assert.equal((await store.log().read()).length, 2);
    },
  ),
  transactionTest(
    "one in which nothing is done for longer than it may be idle is rolled back, and holds up nobody",
    async ({ adapter, store, otherStore }) => {
      const written = Promise.withResolvers<void>();
      const rival = written.promise.then(() => otherStore.stream(NAMES).publish({ events: someEvents(1) }));
      const idle = inTransaction(
        adapter,
        async (tx) => {
          await store
            .within(tx)
            .stream(NAMES)
            .publish({ events: someEvents(3) })
            .finally(() => written.resolve());
          await rival;
        },
        { idleTimeoutMs: 250 },
      );
      const error = await rejectionOf(idle);
      assert.ok(isEventfoldError(error) && error.isRetryable, `expected a retryable error, got ${String(error)}`);
      const published = await rival;
      assertSame(await store.log().read(), [...published]);
    },
  ),
  transactionTest("how long one may be idle is a number of milliseconds from 1 on", async ({ adapter, store }) => {
    for (const idleTimeoutMs of [0, -1, 1.5, Number.NaN]) {
      const refused = inTransaction(adapter, async () => {}, { idleTimeoutMs });
      assert.ok((await rejectionOf(refused)) instanceof RangeError, `${idleTimeoutMs} was not refused`);
    }
    assertSame(await store.log().read(), []);
  }),
  transactionTest("one that reads only, or does nothing, changes nothing", async ({ adapter, store }) => {
    const [event] = await store.stream(NAMES).publish({ events: someEvents(1) });
    await changingNothing(store, async () => {
      assert.equal(await inTransaction(adapter, async () => "result"), "result");
      assertSame(await inTransaction(adapter, async (tx) => store.within(tx).log().read()), [event]);
    });
  }),
  transactionTest("a store within one keeps the clock and the ids it was made with", async ({ adapter }) => {
    const id = "018f0000-0000-7000-8000-0000000000aa";
    const store = new EventStore({
      adapter,
      clock: { now: () => new Date(5) },
      newId: () => id,
      metadata: { by: "me" },
    });
    const [event] = await inTransaction(adapter, async (tx) =>
      store
        .within(tx)
        .stream(NAMES)
        .publish({ events: someEvents(1) }),
    );
    assertSame([event?.id, event?.observedAt.getTime(), event?.metadata], [id, 5, { by: "me" }]);
  }),
];
