import { EventStore, type InlineHook } from "@eventfold/store";
import { type EventText, storedEventOf } from "@eventfold/store/adapter";
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
 */
export async function copyBatch({ file, inline }: Copying, { from, events, to }: CopiedBatch): Promise<void> {
  await file.events.transaction(async (transaction) => {
    await transaction.restore({ newest: from.newest, events, upTo: to.upTo });
    const published = inline.length === 0 ? [] : events.filter(({ category }) => !category.startsWith("$"));
    if (published.length > 0) {
      const stored = published.map((event) => storedEventOf(event, event));
      const store = new EventStore({ adapter: file.events }).within(transaction);
      for (const hook of inline) await hook.run({ events: stored, transaction, store });
    }
    writePlace(transaction.client, to);
  });
}
