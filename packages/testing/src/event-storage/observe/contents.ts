import type { EventStore, StoredEvent } from "@eventfold/store";
import { collected } from "./collected.ts";
import { assertSame } from "./same.ts";

/** Everything that can be seen in a store: its log, and the names that it lists. */
export interface StoreContents {
  readonly events: readonly StoredEvent[];
  readonly categories: readonly string[];
  readonly streams: readonly (readonly string[])[];
}

/** Reads everything that can be seen in a store. */
export async function contentsOf(store: EventStore): Promise<StoreContents> {
  const events = await store.log().read();
  const categories = (await collected(store.categories())).map(({ category }) => category);
  const streams: string[][] = [];
  for (const category of categories) {
    streams.push((await collected(store.category(category).streams())).map(({ stream }) => stream));
  }
  return { events, categories, streams };
}

/** Asserts that two stores, or one at two times, have the same contents. */
export function assertSameContents(actual: StoreContents, expected: StoreContents): void {
  assertSame(actual.events, expected.events, "the events that are stored");
  assertSame(actual.categories, expected.categories, "the categories that are listed");
  assertSame(actual.streams, expected.streams, "the streams that are listed");
}

/**
 * Asserts that work changes nothing that can be seen in a store, and that the store takes a publish afterwards.
 *
 * @returns what the work returned.
 */
export async function changingNothing<T>(store: EventStore, work: () => Promise<T>): Promise<T> {
  const before = await contentsOf(store);
  const result = await work();
  assertSameContents(await contentsOf(store), before);
  const stream = store.stream({ category: "afterwards", stream: "usable" });
  const [stored] = await stream.publish({ events: [{ name: "used", payload: null }] });
  assertSame(await stream.latest(), stored, "the store is no longer usable");
  return result;
}
