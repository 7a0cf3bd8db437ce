import assert from "node:assert/strict";
import type { EventStorageAdapter, SourceIdentifier } from "@eventfold/store";
import type { SourcePlace } from "@eventfold/store/adapter";
import { heldTransaction } from "../observe/held-transaction.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { everything } from "../observe/storage-scan.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const NAMES = { category: "category-1", stream: "stream-1" };
const SOURCES: readonly SourceIdentifier[] = [
  { kind: "log" },
  { kind: "category", category: NAMES.category },
  { kind: "category", category: "category-2" },
  { kind: "category", category: "never" },
  { kind: "stream", ...NAMES },
  { kind: "stream", ...NAMES, stream: "stream-2" },
  { kind: "stream", ...NAMES, category: "category-2" },
  { kind: "stream", category: "never", stream: "written" },
];

const READABLE = { isReadable: true, isHeldBack: false };
const NOTHING = { isReadable: false, isHeldBack: false };

/** Asks for every source, after every number up to one past the last. Each answer must be what a follower's scan shows. */
async function assertNewsIsWhatScansShow(adapter: EventStorageAdapter, last: number): Promise<void> {
  const numbers = Array.from({ length: last + 2 }, (_, number) => number);
  const places: SourcePlace[] = numbers.flatMap((after) => SOURCES.map((source) => ({ source, after })));
  const news = await adapter.newsOf(places);
  assert.equal(news.length, places.length, "the number of answers");
  for (const [index, { source, after }] of places.entries()) {
    const expected = (await isShown(adapter, { source, after })) ? READABLE : NOTHING;
    assertSame(news[index], expected, `news of ${JSON.stringify(source)} after ${after}`);
  }
}

async function isShown(adapter: EventStorageAdapter, { source, after }: SourcePlace): Promise<boolean> {
  const bounds = { sequenceNumberAfter: after };
  for await (const page of adapter.storage.scan(source, everything({ bounds, isFollowing: true })))
    return page.length > 0;
  return false;
}

/** Rule 18: the news of many sources, from which followers know where to read. */
export const news: readonly StorageRuleTest[] = [
  ruleTest(
    18,
    "an adapter says for many places at once, in their order, whether there is something after each",
    async ({ adapter, store, otherStore }) => {
      await assertNewsIsWhatScansShow(adapter, 0);
      for (let n = 0; n < 4; n += 1) {
        const names = { category: `category-${1 + (n % 2)}`, stream: n < 3 ? "stream-1" : "stream-2" };
        const stored = await (n % 2 === 0 ? store : otherStore).stream(names).publish({ events: someEvents(2, n) });
        await assertNewsIsWhatScansShow(adapter, stored.at(-1)?.sequenceNumber ?? 0);
      }
      assertSame(await adapter.newsOf([]), []);
    },
  ),
  ruleTest(
    18,
    "names with odd characters are told apart when many places are asked for at once",
    async ({ adapter, store }) => {
      const odd = ["a,b", "{a}", '"', "\\", "NULL", "null", "a b", " a", "%", "_", "'", "é", "é", "\u{1f600}"];
      for (const written of odd) {
        const after = (await store.log().latest())?.sequenceNumber ?? 0;
        await store.stream({ category: written, stream: written }).publish({ events: someEvents(1) });
        const answers = await adapter.newsOf([
          ...odd.map((category) => ({ source: { kind: "category", category } as const, after })),
          ...odd.map((stream) => ({ source: { kind: "stream", category: written, stream } as const, after })),
        ]);
        const expected = odd.map((name) => (name === written ? READABLE : NOTHING));
        assertSame(answers, [...expected, ...expected], `news when ${JSON.stringify(written)} was written to`);
      }
    },
  ),
  needing(
    "transactions",
    ruleTest(
      18,
      "what a transaction has stored is not news before it commits, and newsOf waits for nobody",
      async ({ adapter, store }) => {
        const [first] = await store.stream(NAMES).publish({ events: someEvents(1) });
        const after = first?.sequenceNumber ?? 0;
        const places = sourcesOf(store, NAMES).map(({ identifier }) => ({ source: identifier, after }));
        const held = await heldTransaction({ adapter, store }, NAMES);
        const meanwhile = await adapter.newsOf(places);
        await held.commit();
        assertSame(meanwhile, [NOTHING, NOTHING, NOTHING], "news while the transaction is open");
        assertSame(await adapter.newsOf(places), [READABLE, READABLE, READABLE], "news after its commit");
      },
    ),
  ),
  withAmpleTime(
    ruleTest(
      18,
      "after a wake-up every acknowledged event is news, or is reported as held back",
      async ({ adapter, store, otherStore, sizes }) => {
        const asked: Promise<void>[] = [];
        await writersOverManyStreams([store, otherStore], sizes, {
          onAcknowledged: (events) => {
            const places = events.flatMap(({ sequenceNumber, category, stream }): SourcePlace[] => [
              { source: { kind: "log" }, after: sequenceNumber - 1 },
              { source: { kind: "category", category }, after: sequenceNumber - 1 },
              { source: { kind: "stream", category, stream }, after: sequenceNumber - 1 },
            ]);
            const asking = adapter.newsOf(places).then((answers) => {
              for (const [index, { isReadable, isHeldBack }] of answers.entries())
                assert.ok(isReadable || isHeldBack, `there is an event at ${JSON.stringify(places[index])}`);
            });
            asking.catch(() => {}); // it is looked at when all have written
            asked.push(asking);
          },
        });
        await Promise.all(asked);
      },
    ),
  ),
];
