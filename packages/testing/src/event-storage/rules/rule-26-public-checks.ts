import assert from "node:assert/strict";
import { type EventStore, type StoredEvent, taggedWith } from "@eventfold/store";
import { assertSame } from "../observe/same.ts";
import { ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { assertNoneOverlooked, decideOn, type Winner, winnersOf } from "./publishes-on-queries.ts";
import { generatedQuery, generatedTaggedEvents } from "./tagged-log.ts";

/** What one writer does again and again, while all others do the same: alternately by either store. */
async function inParallel<T>(
  { store, otherStore, sizes }: StorageStage,
  turn: (turn: { readonly own: EventStore; readonly writer: number; readonly count: number }) => Promise<T>,
): Promise<T[]> {
  const writers = Array.from({ length: sizes.writers }, async (_, writer) => {
    const done: T[] = [];
    for (let count = 0; count < sizes.repeats; count += 1) {
      done.push(await turn({ own: (writer + count) % 2 === 0 ? store : otherStore, writer, count }));
    }
    return done;
  });
  return (await Promise.all(writers)).flat();
}

const entryOf = (writer: number) => ({ category: `category-${writer % 3}`, stream: `stream-${writer}` });

/**
 * Rule 26: the three checks that the public suite of dynamic consistency boundaries (https://dcb.events) makes of every event store, for
 * whoever compares: consistency, rising numbers, and writers in parallel. Here no writer waits for the others between its publishes.
 */
export const publicChecks: readonly StorageRuleTest[] = [
  withAmpleTime(
    ruleTest(
      26,
      "consistency: of writers that decide on queries of their own again and again, none overlooks an event",
      async (stage) => {
        const { store, otherStore, random } = stage;
        const decided = await inParallel(stage, ({ own, writer }) => {
          const events = generatedTaggedEvents(random, random.integer(1, 3));
          const stores = { store: own, otherStore: own === store ? otherStore : store };
          return winnersOf([decideOn(stores, generatedQuery(random), { ...entryOf(writer), events })]);
        });
        const winners: readonly Winner[] = decided.flat();
        const log = await store.log().read();
        assertNoneOverlooked(winners, log);
        assert.equal(log.length, winners.flatMap(({ events }) => events).length, "events that are stored");
      },
    ),
  ),
  withAmpleTime(
    ruleTest(
      26,
      "rising numbers: those of each publish rise, and those that readers see, while many write by queries",
      async (stage) => {
        const { store, otherStore, random } = stage;
        const seen: StoredEvent[][] = [];
        const published = await inParallel(stage, async ({ own, writer, count }) => {
          const events = generatedTaggedEvents(random, 3);
          const failIf = taggedWith(`${writer}:${count}`);
          const [stored = []] = await own.publish([{ ...entryOf(writer), events }], { failIf });
          seen.push([...(await own.boundary(taggedWith("all"))).events]);
          return stored;
        });
        const log = await otherStore.log().read();
        for (const events of [log, ...published, ...seen]) assertRising(events);
        assertSame(
          published.flat().toSorted((a, b) => a.sequenceNumber - b.sequenceNumber),
          log,
          "the events as they were returned",
        );
        assertSame(await store.log().read({ direction: "backwards" }), log.toReversed());
      },
    ),
  ),
  withAmpleTime(
    ruleTest(
      26,
      "writers in parallel: what fails for nothing is stored, once, and found by its tags",
      async (stage) => {
        const { store, sizes } = stage;
        const published = await inParallel(stage, async ({ own, writer, count }) => {
          const [ofWriter, ofPublish] = [`writer:${writer}`, `publish:${writer}:${count}`];
          const tags = [ofWriter, ofPublish];
          const events = [0, 1].map((n) => ({ name: "written", payload: { writer, count, n }, tags }));
          const failIf = taggedWith(ofWriter, ofPublish);
          return (await own.publish([{ ...entryOf(writer), events }], { failIf })).flat();
        });
        const log = await store.log().read();
        assert.equal(log.length, sizes.writers * sizes.repeats * 2);
        assert.equal(new Set(log.map(({ id }) => id)).size, log.length);
        for (let writer = 0; writer < sizes.writers; writer += 1) {
          const constraints = [taggedWith(`writer:${writer}`)];
          const own = published.flat().filter(({ tags }) => tags.includes(`writer:${writer}`));
          assertSame(await store.log().read({ constraints }), own);
        }
      },
    ),
  ),
];

function assertRising(events: readonly StoredEvent[]): void {
  for (let index = 1; index < events.length; index += 1) {
    const [last, next] = [events[index - 1]?.sequenceNumber ?? 0, events[index]?.sequenceNumber ?? 0];
    assert.ok(last < next, `${next} comes after ${last}`);
  }
}
