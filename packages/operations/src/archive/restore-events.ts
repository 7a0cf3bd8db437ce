import type { EventStorageAdapter, EventText, NewestEvent, RestoreBatch } from "@eventfold/store/adapter";
import { UnsupportedByAdapterError } from "./errors/unsupported-by-adapter-error.ts";
import { placeOf } from "./stored-texts.ts";
import { reportProgress, type TransferOptions } from "./transfer-progress.ts";

/** What was restored so far. */
export interface RestoredEvents {
  /** How many events. */
  readonly events: number;
  /** The newest event of the log now; `undefined`: it is empty. */
  readonly newest: NewestEvent | undefined;
}

/** Which events are to be restored, and into what. */
interface RestoreRequest {
  readonly to: EventStorageAdapter;
  /** What was restored before. */
  readonly restored: RestoredEvents;
  readonly batches: AsyncIterable<readonly EventText[]>;
  /** The number that the log's own numbers begin after, once all is restored. */
  readonly horizon: number;
}

/**
 * Stores batches of events, each behind the one before, and moves the sequence of the log past the horizon. Between two
 * batches it can be aborted.
 *
 * @throws as `restore` of the adapter does.
 */
export async function restoreEvents(
  { to, restored, batches, horizon }: RestoreRequest,
  options: TransferOptions,
): Promise<RestoredEvents> {
  let { events, newest } = restored;
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    await restoreBatch(to, { newest, events: batch });
    events += batch.length;
    newest = placeOf(batch.at(-1));
    reportProgress(options, { events, upTo: newest?.sequenceNumber ?? 0, until: horizon });
  }
  options.signal?.throwIfAborted();
  await restoreBatch(to, { newest, events: [], upTo: horizon });
  reportProgress(options, { events, upTo: horizon, until: horizon });
  return { events, newest };
}

/** @throws `UnsupportedByAdapterError` (`UNSUPPORTED_BY_ADAPTER`) when the adapter cannot restore events. */
export function refuseWithoutRestore(adapter: EventStorageAdapter): void {
  if (adapter.restore === undefined) {
    throw new UnsupportedByAdapterError({ member: "restore", neededTo: "store events of another log" });
  }
}

async function restoreBatch(to: EventStorageAdapter, batch: RestoreBatch): Promise<void> {
  refuseWithoutRestore(to);
  await to.restore?.(batch);
}
