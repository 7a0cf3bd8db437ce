import { EventStore, type InlineHook } from "@eventfold/store";
import {
  checkedEventText,
  type EventText,
  isEventfoldError,
  storedEventOf,
  UnrestorableEventError,
} from "@eventfold/store/adapter";
import type { ReplicaFile } from "../replica-file.ts";
import { type ReplicaPlace, writePlace } from "../replica-place.ts";

/** What is copied to where. */
export interface Copying {
  readonly file: ReplicaFile;
  /** What is folded with the events. */
  readonly inline: readonly InlineHook[];
}

/** Events that follow a place, and the place after them. */
export interface CopiedBatch {
  readonly from: ReplicaPlace;
  /** Perhaps none. */
  readonly events: readonly EventText[];
  readonly to: ReplicaPlace;
}

/**
 * Stores events with what is folded from them and the place behind them: all of it, or nothing.
 *
 * @throws `LogChangedError` (`LOG_CHANGED`) when the file does not end where the batch goes on.
 * @throws `UnrestorableEventError` (`UNRESTORABLE_EVENT`) for an event that is damaged in the log. What a hook throws.
 */
export async function copyBatch({ file, inline }: Copying, { from, events, to }: CopiedBatch): Promise<void> {
  await file.events.transaction(async (transaction) => {
    await transaction.restore({ newest: from.newest, events, upTo: to.upTo }).catch((error: unknown) => {
      throw isEventfoldError(error, "STORAGE_FAILED") ? (damageAmong(events) ?? error) : error;
    });
    const published = inline.length === 0 ? [] : events.filter(({ category }) => !category.startsWith("$"));
    if (published.length > 0) {
      const stored = published.map((event) => storedEventOf(event, event));
      const store = new EventStore({ adapter: file.events }).within(transaction);
      for (const hook of inline) await hook.run({ events: stored, transaction, store });
    }
    writePlace(transaction.client, to);
  });
}

/** What SQLite refuses, such as text that is not JSON, is no event that the library has stored. It does not say which event it is. */
function damageAmong(events: readonly EventText[]): Error | undefined {
  for (const event of events) {
    try {
      checkedEventText(event, { asRead: true });
    } catch (error) {
      const reason = `it is damaged in the log: ${error instanceof Error ? error.message : String(error)}`;
      return new UnrestorableEventError({ event, reason });
    }
  }
  return undefined;
}
