import assert from "node:assert/strict";
import type { EventStore, StoredEvent } from "@eventfold/store";
import type { EventText, NewestEvent } from "@eventfold/store/adapter";
import { isEventfoldError } from "@eventfold/types";
import { firstOf } from "../observe/collected.ts";
import { newestIn, restore, restoreAll } from "../observe/restore.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { textsIn } from "../observe/stored-texts.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { eventText, eventTexts, newestOf, RESTORED_STREAM } from "./event-texts.ts";

const IMPORTED = { category: "imported", stream: "i" };

/** The next five events of {@link IMPORTED}, with numbers right behind the newest of the log. */
function nextBatch(newest: NewestEvent | undefined, restored: readonly EventText[]): EventText[] {
  const first = (newest?.sequenceNumber ?? 0) + 1;
  return Array.from({ length: 5 }, (_, n) =>
    eventText({ ...IMPORTED, position: restored.length + n, sequenceNumber: first + n }),
  );
}

/** Restores behind whatever is the newest event, again and again; a batch that a rival came before is refused. */
async function restoreAmong(adapter: StorageStage["adapter"], rivals: Promise<unknown>): Promise<readonly EventText[]> {
  const restored: EventText[] = [];
  let isOver = false;
  void rivals.finally(() => {
    isOver = true;
  });
  for (let isLast = false; !isLast; ) {
    const mayBeLast = isOver;
    const newest = await newestIn(adapter);
    const events = nextBatch(newest, restored);
    try {
      await restore(adapter, { newest, events });
      restored.push(...events);
      isLast = mayBeLast;
    } catch (error) {
      if (!isEventfoldError(error, "LOG_CHANGED")) throw error;
    }
    await new Promise(setImmediate); // rivals get their turn, in memory too
  }
  return restored;
}

async function publishAsRival(
  store: EventStore,
  rival: number,
  { repeats }: StorageStage["sizes"],
): Promise<StoredEvent[]> {
  const stored: StoredEvent[] = [];
  const stream = store.stream({ category: `rivals-${rival % 2}`, stream: `r-${rival}` });
  for (let n = 0; n < repeats; n += 1) {
    stored.push(...(await stream.publish({ events: someEvents(1 + (n % 2), n) })));
    for (let turn = 0; turn < rival; turn += 1) await new Promise(setImmediate);
  }
  return stored;
}

/** Rule 29: restoring while others read and write. */
export const restoringAmongOthers: readonly StorageRuleTest[] = [
  ruleTest(
    29,
    "followers of every source are woken, and are shown every event that is restored, in order",
    async ({ adapter, otherStore, random }) => {
      const events = eventTexts(random, 900).filter(({ category }) => !category.startsWith("$"));
      const following = sourcesOf(otherStore, RESTORED_STREAM).map(async ({ identifier, source }) => {
        const ids = events
          .filter(({ category, stream }) => {
            if (identifier.kind === "log") return true;
            return (
              category === RESTORED_STREAM.category && (identifier.kind === "category" || stream === identifier.stream)
            );
          })
          .map(({ id }) => id);
        const shown = await firstOf(source.follow(), ids.length);
        assertSame(
          shown.map(({ id }) => id),
          ids,
          `what a follower of the ${identifier.kind} was shown`,
        );
      });
      await restoreAll(adapter, events, { batchSize: 70 });
      await Promise.all(following);
    },
  ),
  ruleTest(
    29,
    "a batch wakes followers of every source that have read all there was, and wait",
    async ({ adapter, store, otherStore }) => {
      const before = eventText();
      await restore(adapter, { newest: undefined, events: [before] });
      const sources = [...sourcesOf(store, RESTORED_STREAM), ...sourcesOf(otherStore, RESTORED_STREAM)];
      const followers = sources.map(({ source }) => source.followPages()[Symbol.asyncIterator]());
      for (const follower of followers) while (!(await follower.next()).value?.isEnd);
      const waiting = followers.map((follower) => follower.next());
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate); // whoever looks once more has looked
      const restored = eventText({ position: 1, sequenceNumber: 2 });
      await restore(adapter, { newest: newestOf(before), events: [restored] });
      for (const { value } of await Promise.all(waiting)) {
        assertSame(
          (value?.events ?? []).map(({ id }: StoredEvent) => id),
          [restored.id],
        );
      }
      await Promise.all(followers.map((follower) => follower.return?.()));
    },
  ),
  withAmpleTime(
    ruleTest(
      29,
      "among rivals a batch is stored as a whole or refused; no publish is lost, and no number is given twice",
      async ({ adapter, store, otherStore, sizes }) => {
        const rivals = Promise.all(
          Array.from({ length: Math.min(sizes.writers, 6) }, (_, rival) =>
            publishAsRival(rival % 2 === 0 ? store : otherStore, rival, sizes),
          ),
        );
        const followed: string[] = [];
        const abort = new AbortController();
        const following = (async () => {
          for await (const { id } of otherStore.log().follow({ signal: abort.signal, whenAborted: "end" }))
            followed.push(id);
        })();
        const restored = await restoreAmong(adapter, rivals);
        const published = (await rivals).flat();
        const all = await textsIn(adapter.storage); // of rising numbers
        assertSame(all.map(({ id }) => id).sort(), [...published, ...restored].map(({ id }) => id).sort());
        const numbers = new Map(all.map(({ id, sequenceNumber }) => [id, sequenceNumber]));
        for (const { id, sequenceNumber } of [...published, ...restored]) assert.equal(numbers.get(id), sequenceNumber);
        assertSame(
          (await store.stream(IMPORTED).read()).map(({ position }) => position),
          restored.map((_, n) => n),
        );
        const [last] = await store.stream({ category: "rivals-0", stream: "last" }).publish({ events: someEvents(1) });
        while (followed.at(-1) !== last?.id) await new Promise(setImmediate);
        abort.abort();
        await following;
        assertSame(followed, [...all.map(({ id }) => id), last?.id], "what a follower of the log was shown");
      },
    ),
  ),
].map((test) => needing("restore", needing("storedTexts", test)));
