import assert from "node:assert/strict";
import type { EventStorageAdapter } from "@eventfold/store";
import type { EventText, NewestEvent, RestoreBatch } from "@eventfold/store/adapter";
import { newestOf } from "../rules/event-texts.ts";
import { textsIn } from "./stored-texts.ts";

/** The `restore` of an adapter, which must have it. */
export async function restore(adapter: EventStorageAdapter, batch: RestoreBatch): Promise<void> {
  assert.ok(adapter.restore, "the adapter has restore");
  return adapter.restore(batch);
}

/** Restores events behind the newest of a log, batch by batch. */
export async function restoreAll(
  adapter: EventStorageAdapter,
  events: readonly EventText[],
  { batchSize = 200, behind }: { readonly batchSize?: number; readonly behind?: EventText | undefined } = {},
): Promise<void> {
  let newest = newestOf(behind);
  for (let start = 0; start < events.length; start += batchSize) {
    const batch = events.slice(start, start + batchSize);
    await restore(adapter, { newest, events: batch });
    newest = newestOf(batch.at(-1));
  }
}

/** The newest event of a log, in whatever category: what an adapter without texts of its own cannot be asked. */
export async function newestIn({ storage }: EventStorageAdapter): Promise<NewestEvent | undefined> {
  const [newest] = await textsIn(storage, { direction: "backwards", limit: 1, maxTextLength: 1 });
  return newest && { sequenceNumber: newest.sequenceNumber, id: newest.id };
}
