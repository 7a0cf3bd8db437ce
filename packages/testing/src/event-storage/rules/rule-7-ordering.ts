import assert from "node:assert/strict";
import { type EventStore, type StoredEvent, sequenceNumberAfter } from "@eventfold/store";
import { rejectsWith } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { type FollowableSource, sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const NAMES = { category: "category-1", stream: "stream-1" };

/** Reads what is new, again and again, until the writers are done, and then once more. */
async function tail(source: FollowableSource, isDone: () => boolean): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for (let isLast = false; ; isLast = isDone()) {
    const after = seen.at(-1)?.sequenceNumber ?? 0;
    for await (const event of source.scan({ constraints: [sequenceNumberAfter(after)] })) seen.push(event);
    if (isLast) return seen;
    await new Promise(setImmediate);
  }
}

async function assertTailsMissNothing({ store, otherStore, sizes }: StorageStage): Promise<void> {
  let done = false;
  const readers = [store, otherStore].flatMap((reading) => sourcesOf(reading, NAMES));
  const tails = readers.map(({ source }) => tail(source, () => done));
  await writersOverManyStreams([store, otherStore], sizes).finally(() => {
    done = true;
  });
  for (const [index, { identifier, source }] of readers.entries()) {
    assertSame(
      await tails[index],
      await source.read(),
      `what a reader of ${JSON.stringify(identifier)} saw while others wrote`,
    );
  }
}

/** Rule 7: a reader that has seen a sequence number never later sees a new event below it. */
export const ordering: readonly StorageRuleTest[] = [
  withAmpleTime(
    ruleTest(
      7,
      "a reader of any scope that goes on after the last it saw, while many write, skips nothing",
      assertTailsMissNothing,
    ),
  ),
  needing(
    "transactions",
    ruleTest(7, "an event of a transaction that ends late is not skipped by readers of any scope", async (stage) => {
      await lateTransaction(stage, stage.store);
      await lateTransaction(stage, stage.otherStore);
    }),
  ),
  needing(
    "durable",
    ruleTest(
      7,
      "opening a log with another guarantee than it was created with is an OrderingGuaranteeMismatchError",
      async ({ adapter, store, open }) => {
        await store.stream(NAMES).publish({ events: someEvents(1) });
        await adapter.close();
        for (const orderingGuarantee of ["log", "category", "stream"] as const) {
          if (orderingGuarantee === adapter.orderingGuarantee) continue;
          const error = await rejectsWith(open({ orderingGuarantee }), "ORDERING_GUARANTEE_MISMATCH");
          assertSame([error.stored, error.requested], [adapter.orderingGuarantee, orderingGuarantee]);
        }
        const reopened = await open({ orderingGuarantee: adapter.orderingGuarantee });
        assert.equal(reopened.orderingGuarantee, adapter.orderingGuarantee);
      },
    ),
  ),
  ruleTest(
    7,
    "sequence numbers of one scope rise in the order in which its publishes were acknowledged",
    async ({ store, sizes }) => {
      const acknowledged: StoredEvent[] = [];
      for (let n = 0; n < sizes.writers * 2; n += 1) {
        acknowledged.push(
          ...(await store.stream({ category: `c${n % 3}`, stream: "s" }).publish({ events: someEvents(1, n) })),
        );
      }
      assertSame(await store.log().read(), acknowledged);
    },
  ),
];

/** Holds a transaction open with its event written, lets another writer publish, and reads on all the while. */
async function lateTransaction({ adapter, store }: StorageStage, reading: EventStore): Promise<void> {
  const seenBefore = await Promise.all(sourcesOf(reading, NAMES).map(({ source }) => source.read()));
  const written = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const transaction = adapter.transaction?.(async (tx) => {
    await store
      .within(tx)
      .stream(NAMES)
      .publish({ events: someEvents(1) });
    written.resolve();
    await mayEnd.promise;
  });
  await Promise.race([written.promise, transaction]);
  const rival = reading.stream({ category: "category-2", stream: "other" }).publish({ events: someEvents(1) });
  const meanwhile = Promise.all(sourcesOf(reading, NAMES).map(({ source }) => source.read()));
  mayEnd.resolve();
  await Promise.all([transaction, rival]);
  for (const [index, { identifier, source }] of sourcesOf(reading, NAMES).entries()) {
    const seen = (await meanwhile)[index] ?? [];
    const rest = await source.read({ constraints: [sequenceNumberAfter(seen.at(-1)?.sequenceNumber ?? 0)] });
    const all = await source.read();
    assertSame([...seen, ...rest], all, `what a reader of ${JSON.stringify(identifier)} saw around the transaction`);
    assert.ok(all.length > (seenBefore[index]?.length ?? 0), "the transaction's event is there");
  }
}
