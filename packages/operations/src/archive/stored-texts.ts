import type { EventStorageAdapter, NewestEvent, StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import { StorageFailedError } from "@eventfold/types";
import { UnsupportedByAdapterError } from "./errors/unsupported-by-adapter-error.ts";

/** Both bounds are inclusive at their far end: events above `after` and at or below `upTo`. */
interface TextsRange {
  readonly after: number;
  readonly upTo: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * All events of a log within a range, as they are stored, page by page.
 *
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter cannot read them so.
 */
export function storedTextsOf(
  adapter: EventStorageAdapter,
  { after, upTo, signal }: TextsRange,
): AsyncIterable<readonly StoredEventText[]> {
  return readTexts(adapter, { after, before: upTo + 1, direction: "forwards", signal });
}

/**
 * The newest event of a log at or below a number, of a category that begins with `$` too; `undefined` if there is none.
 *
 * @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter cannot read it so.
 */
export async function newestEventOf(adapter: EventStorageAdapter, upTo?: number): Promise<NewestEvent | undefined> {
  const before = upTo === undefined ? undefined : upTo + 1;
  for await (const [newest] of readTexts(adapter, { before, direction: "backwards", limit: 1, maxTextLength: 1 })) {
    return placeOf(newest);
  }
  return undefined;
}

/**
 * The number up to which, inclusive, nothing more can come into a log.
 *
 * It is that of the newest event at least where one writer at a time stores: if the sequence was set back, the horizon is below
 * events that are there, and they would be left out.
 */
export async function settledNumberOf(adapter: EventStorageAdapter): Promise<number> {
  const horizon = await adapter.storage.horizon({ kind: "log" });
  if (adapter.orderingGuarantee !== "log") return horizon;
  return Math.max(horizon, (await newestEventOf(adapter))?.sequenceNumber ?? 0);
}

/**
 * Makes sure that a log can be read to its newest event. Where writers run in parallel, it is read up to the last number that was
 * given, and if that is below events that are there, as after logical replication, they would be left out.
 *
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when it is.
 */
export async function refuseHiddenEvents({ orderingGuarantee, inspection }: EventStorageAdapter): Promise<void> {
  if (orderingGuarantee === "log") return;
  const { lastNumber, newestNumber } = (await inspection?.status()) ?? {};
  if (lastNumber === undefined || newestNumber === undefined || lastNumber >= newestNumber) return;
  throw new StorageFailedError(
    `The sequence of the log is at ${lastNumber}, below its newest event, which has ${newestNumber}: it was set back, or did not come along, as with logical replication. Events above it cannot be read. Run \`eventfold migrate\`, or \`migrate\` of the adapter, which moves it past them.`,
  );
}

/** Which event it is, without the rest of it. */
export function placeOf(event: NewestEvent | undefined): NewestEvent | undefined {
  return event && { sequenceNumber: event.sequenceNumber, id: event.id };
}

function readTexts(
  { storage }: EventStorageAdapter,
  options: StoredTextsOptions,
): AsyncIterable<readonly StoredEventText[]> {
  if (storage.storedTexts === undefined) {
    throw new UnsupportedByAdapterError({ member: "storage.storedTexts", neededTo: "read events as they are stored" });
  }
  return storage.storedTexts({ kind: "log" }, options);
}
