import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { Replica } from "@eventfold/replica";
import { type EventStorageAdapter, EventStore, type StoredEvent } from "@eventfold/store";
import { expect } from "vitest";
import { type NoteEvents, someNotes } from "./events.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

const soak = process.env.EVENTFOLD_SOAK ? 20 : 1;

/** Writers publish to a log, some at once, while a replica follows; whatever is read of it meanwhile is a beginning of the log. */
export async function followWhileWriting(log: EventStorageAdapter): Promise<void> {
  const store = new EventStore({ adapter: log });
  await using replica = await Replica.open({ of: store, filename: await freshFile() });
  const beginnings: (readonly StoredEvent[])[] = [];
  let isWriting = true;
  const reader = (async () => {
    const changes = new EventTarget();
    const end = replica.onChange(() => changes.dispatchEvent(new Event("change")));
    while (isWriting) {
      beginnings.push(await readLog(replica));
      await once(changes, "change", { signal: AbortSignal.timeout(50) }).catch(() => {});
    }
    end();
  })();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; n < 20 * soak; n++) {
      const stream = store.stream<NoteEvents>({ category: `category-${writer % 3}`, stream: `stream-${writer % 5}` });
      await stream.publish({ events: someNotes(1 + (n % 4), n) });
      await setImmediate(); // in memory nothing else would run until all is published
    }
  });
  await Promise.all(writers);
  isWriting = false;
  await reader;
  const whole = await readLog(log);
  await replica.upTo(whole.at(-1)?.sequenceNumber ?? 0);
  expect(await readLog(replica)).toEqual(whole);
  for (const beginning of beginnings) {
    const ids = whole.slice(0, beginning.length).map(({ id }) => id);
    expect(beginning.map(({ id }) => id)).toEqual(ids);
  }
  expect(beginnings.length).toBeGreaterThan(1);
}
