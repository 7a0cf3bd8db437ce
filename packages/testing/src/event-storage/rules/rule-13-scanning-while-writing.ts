import assert from "node:assert/strict";
import type { StoredEvent } from "@eventfold/store";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const NAMES = { category: "category-1", stream: "stream-1" };

/** A scan while others write: the events that it showed, and those that had been acknowledged when it started. */
interface Observation {
  readonly seen: readonly StoredEvent[];
  readonly acknowledgedBefore: readonly StoredEvent[];
  readonly isBackwards: boolean;
}

/** Rule 13: scans while others write. */
export const scanningWhileWriting: readonly StorageRuleTest[] = [
  needing(
    "freshReads",
    withAmpleTime(
      ruleTest(
        13,
        "every scan of every scope, in both directions, while many write shows all that was published before, none twice, none skipped",
        async ({ store, otherStore, sizes }) => {
          const acknowledged: StoredEvent[] = [];
          const sources = [store, otherStore].flatMap((reading) => sourcesOf(reading, NAMES));
          const observations = sources.map((): Observation[] => []);
          let done = false;
          const readers = sources.map(async ({ source, includes }, reader) => {
            while (!done) {
              const acknowledgedBefore = acknowledged.filter(includes);
              const isBackwards = (observations[reader]?.length ?? 0) % 2 === 1;
              const seen = await source.read({ direction: isBackwards ? "backwards" : "forwards" });
              observations[reader]?.push({ seen, acknowledgedBefore, isBackwards });
              await new Promise(setImmediate);
            }
          });
          await writersOverManyStreams([store, otherStore], sizes, {
            onAcknowledged: (events) => acknowledged.push(...events),
          }).finally(() => {
            done = true;
          });
          await Promise.all(readers);
          for (const [reader, { identifier, source }] of sources.entries()) {
            const final = await source.read();
            for (const observation of observations[reader] ?? [])
              assertPrefix(observation, final, JSON.stringify(identifier));
          }
        },
      ),
    ),
  ),
  ruleTest(
    13,
    "a scan that is under way while others publish shows each event once, and skips none",
    async ({ store, otherStore, sizes }) => {
      await store.stream(NAMES).publish({ events: someEvents(sizes.manyEvents) });
      for (const direction of ["forwards", "backwards"] as const) {
        const before = await store.log().read();
        const seen: StoredEvent[] = [];
        for await (const event of store.log().scan({ direction })) {
          if (seen.length % 500 === 0) await otherStore.stream(NAMES).publish({ events: someEvents(3) });
          seen.push(event);
        }
        const observation = { seen, acknowledgedBefore: before, isBackwards: direction === "backwards" };
        assertPrefix(observation, await store.log().read(), direction);
      }
    },
  ),
  ruleTest(
    13,
    "what was acknowledged is seen at once, by both stores, through every scope",
    async ({ store, otherStore, sizes }) => {
      for (let n = 0; n < sizes.writers; n += 1) {
        const [writing, reading] = n % 2 === 0 ? [store, otherStore] : [otherStore, store];
        const [stored] = await writing.stream(NAMES).publish({ events: someEvents(1, n) });
        for (const { source } of sourcesOf(reading, NAMES)) {
          assertSame(await source.latest(), stored);
          assertSame((await source.read()).at(-1), stored);
        }
        assertSame(await reading.eventById(stored?.id ?? ""), stored);
      }
    },
  ),
  // In scopes that are wider than the guarantee a scan may end within a publish that is under way; the next scan shows the rest.
  ruleTest(
    13,
    "a publish to several streams is seen as a whole or not at all",
    async ({ adapter, store, otherStore, sizes }) => {
      const isWhole = adapter.orderingGuarantee !== "stream";
      const entries = (n: number) =>
        ["a", "b", "c"].map((stream) => ({ category: "triples", stream, events: someEvents(1, n) }));
      let done = false;
      const reading = (async () => {
        while (!done) {
          const counts = new Map<unknown, number>();
          for (const { payload } of await otherStore.category("triples").read()) {
            const { n } = payload as { n: number };
            counts.set(n, (counts.get(n) ?? 0) + 1);
          }
          for (const [n, count] of isWhole ? counts : [])
            assert.equal(count, 3, `parts of publish ${n} that were seen`);
          await new Promise(setImmediate);
        }
      })();
      const count = sizes.writers * sizes.repeats;
      await Promise.all(Array.from({ length: count }, (_, n) => store.publish(entries(n)))).finally(() => {
        done = true;
      });
      await reading;
      assert.equal((await store.category("triples").read()).length, count * 3);
    },
  ),
];

/** Asserts that what was seen begins where the scope begins, has no gap, and contains all that had been acknowledged. */
function assertPrefix(
  { seen, acknowledgedBefore, isBackwards }: Observation,
  final: readonly StoredEvent[],
  title: string,
): void {
  const inOrder = (isBackwards ? seen.toReversed() : seen).map(({ id }) => id);
  const expected = final.slice(0, inOrder.length).map(({ id }) => id);
  assertSame(inOrder, expected, `a scan of ${title} is a prefix of what was there in the end`);
  const seenIds = new Set(inOrder);
  const missed = acknowledgedBefore.filter(({ id }) => !seenIds.has(id));
  assertSame(missed, [], `events acknowledged before a scan of ${title} started, which it did not show`);
}
