import assert from "node:assert/strict";
import type { SourceIdentifier, StoredEvent } from "@eventfold/store";
import type { EventStorage } from "@eventfold/store/adapter";
import { collectedPages } from "../observe/collected.ts";
import { heldTransaction } from "../observe/held-transaction.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const NAMES = { category: "category-1", stream: "stream-1" };
const SOURCES: readonly SourceIdentifier[] = [
  { kind: "log" },
  { kind: "category", category: NAMES.category },
  { kind: "stream", ...NAMES },
];

/** The events that a follower can read up to a number. */
async function readUpTo(storage: EventStorage, source: SourceIdentifier, number: number): Promise<StoredEvent[]> {
  const bounds = { sequenceNumberBefore: number + 1 };
  return collectedPages(storage.scan(source, everything({ bounds, isFollowing: true })));
}

/** Asks for the horizon and the events up to it, again and again until the writers are done. */
async function horizonsWhile(
  storage: EventStorage,
  source: SourceIdentifier,
  isDone: () => boolean,
): Promise<{ readonly horizon: number; readonly ids: readonly string[] }[]> {
  const seen: { readonly horizon: number; readonly ids: readonly string[] }[] = [];
  for (let isLast = false; !isLast; ) {
    isLast = isDone();
    const horizon = await storage.horizon(source);
    const ids = (await readUpTo(storage, source, horizon)).map(({ id }) => id);
    seen.push({ horizon, ids });
    await new Promise(setImmediate);
  }
  return seen;
}

async function assertNothingComesBelow({ adapter, store, otherStore, sizes }: StorageStage): Promise<void> {
  let done = false;
  const watching = SOURCES.map((source) => horizonsWhile(adapter.storage, source, () => done));
  await writersOverManyStreams([store, otherStore], sizes).finally(() => {
    done = true;
  });
  for (const [index, source] of SOURCES.entries()) {
    const all = await readUpTo(adapter.storage, source, Number.MAX_SAFE_INTEGER - 1);
    let last = 0;
    for (const { horizon, ids } of (await watching[index]) ?? []) {
      const below = all.filter(({ sequenceNumber }) => sequenceNumber <= horizon).map(({ id }) => id);
      assertSame(ids, below, `what could be read of ${JSON.stringify(source)} up to its horizon, ${horizon}`);
      assert.ok(horizon >= last, `the horizon of ${JSON.stringify(source)} went back from ${last} to ${horizon}`);
      last = horizon;
    }
    assert.ok(last >= (all.at(-1)?.sequenceNumber ?? 0), "the last horizon is at or above the newest event");
  }
}

/** Rule 23: the number up to which nothing more can come. */
export const horizons: readonly StorageRuleTest[] = [
  ruleTest(
    23,
    "the horizon is an integer of 0 or more, and while nobody writes it is at or above every acknowledged event",
    async ({ adapter, store, otherStore }) => {
      for (const source of SOURCES) {
        const horizon = await adapter.storage.horizon(source);
        assert.ok(Number.isSafeInteger(horizon) && horizon >= 0, `the horizon of an empty source is ${horizon}`);
      }
      for (let n = 0; n < 6; n += 1) {
        const [event] = await (n % 2 === 0 ? store : otherStore).stream(NAMES).publish({ events: someEvents(1, n) });
        const number = event?.sequenceNumber ?? 0;
        for (const source of SOURCES) {
          const horizon = await adapter.storage.horizon(source);
          assert.ok(horizon >= number, `the horizon of ${JSON.stringify(source)} is ${horizon} after event ${number}`);
        }
      }
    },
  ),
  withAmpleTime(
    ruleTest(
      23,
      "while many write, nothing comes at or below a horizon after it was answered, and it never goes back",
      assertNothingComesBelow,
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      23,
      "the horizon is below the events of a transaction until it ends, and waits for none to end",
      async ({ adapter, store }) => {
        await store.stream(NAMES).publish({ events: someEvents(2) });
        for (const end of ["commit", "rollBack"] as const) {
          const held = await heldTransaction({ adapter, store }, NAMES);
          const meanwhile = await Promise.all(SOURCES.map((source) => adapter.storage.horizon(source)));
          await held[end]();
          for (const [index, source] of SOURCES.entries()) {
            const horizon = meanwhile[index] ?? Number.NaN;
            assert.ok(
              horizon < held.event.sequenceNumber,
              `the horizon of ${JSON.stringify(source)} was ${horizon} while event ${held.event.sequenceNumber} was not committed`,
            );
          }
          const [next] = await store.stream(NAMES).publish({ events: someEvents(1) });
          for (const source of SOURCES)
            assert.ok(
              (await adapter.storage.horizon(source)) >= (next?.sequenceNumber ?? 0),
              "the horizon once nobody writes",
            );
        }
      },
    ),
  ),
  needing(
    "transactions",
    ruleTest(
      23,
      "within a transaction the horizon is at or above what the transaction has stored",
      async ({ adapter, store }) => {
        await store.stream(NAMES).publish({ events: someEvents(2) });
        await inTransaction(adapter, async (tx) => {
          for (let n = 0; n < 3; n += 1) {
            const before = await tx.storage.horizon({ kind: "log" });
            const [event] = await store
              .within(tx)
              .stream(NAMES)
              .publish({ events: someEvents(1, n) });
            assert.ok(before < (event?.sequenceNumber ?? 0), "the horizon was below an event that came after it");
            for (const { identifier } of sourcesOf(store, NAMES))
              assert.ok(
                (await tx.storage.horizon(identifier)) >= (event?.sequenceNumber ?? 0),
                `the horizon of ${JSON.stringify(identifier)} is below an event of the transaction itself`,
              );
          }
        });
      },
    ),
  ),
];
