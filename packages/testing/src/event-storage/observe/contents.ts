import assert from "node:assert/strict";
import type { EventStore, StoredEvent } from "@eventfold/store";
import { collected } from "./collected.ts";

/** All that can be seen in a store: its log, and the names that it lists. */
export interface StoreContents {
  readonly events: readonly StoredEvent[];
  readonly categories: readonly string[];
  readonly streams: readonly (readonly string[])[];
}

/** Reads all that can be seen in a store. */
export async function contentsOf(store: EventStore): Promise<StoreContents> {
  const events = await store.log().read();
  const categories = (await collected(store.categories())).map(({ category }) => category);
  const streams: string[][] = [];
  for (const category of categories) {
    streams.push((await collected(store.category(category).streams())).map(({ stream }) => stream));
  }
  return { events, categories, streams };
}

/**
 * Asserts that work changes nothing that can be seen in a store, and that the store takes a publish afterwards.
 *
 * @returns what the work returned.
 */
export async function changingNothing<T>(store: EventStore, work: () => Promise<T>): Promise<T> {
  const before = await contentsOf(store);
  const result = await work();
  assert.deepEqual(await contentsOf(store), before, "what is stored has changed");
  const stream = store.stream({ category: "afterwards", stream: "usable" });
  const [stored] = await stream.publish({ events: [{ name: "used", payload: null }] });
  assert.deepEqual(await stream.latest(), stored, "the store is no longer usable");
  return result;
}
