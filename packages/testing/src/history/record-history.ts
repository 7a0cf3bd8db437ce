import { randomUUID } from "node:crypto";
import type { EventStore } from "@eventfold/store";
import type { History, HistoryLine } from "./history-line.ts";
import { type RecordedStore, recordedStore } from "./recorded-store.ts";
import { Recorder } from "./recorder.ts";

/** How a history is recorded. */
export interface RecordHistoryOptions {
  /** Names the recording in the history. Each recording of one history needs its own name. Default: a random one. */
  readonly process?: string | undefined;
  /** Called with each line at once. The recording itself then keeps nothing. Default: the lines are kept in memory. */
  readonly onLine?: ((line: HistoryLine) => void) | undefined;
}

/** A store that is recorded. */
export interface Recording {
  /** Use this instead of the store: each call goes to the store and into the history. */
  readonly store: RecordedStore;
  /** What was recorded so far; nothing if `onLine` takes the lines. */
  history(): History;
}

/**
 * Records what a store is asked and what it answers, so that {@link checkHistory} can decide whether the contract allows all
 * of it together. Any number of callers may use the recorded store at once. For several stores or several processes, record
 * each under a name of its own, and join the histories.
 *
 * Events are noted as they are stored, so a history is as large as everything that was read. Times are those of the machine's
 * monotonic clock, so histories of two machines cannot be joined.
 *
 * @example
 * ```ts
 * const { store: recorded, history } = recordHistory(store);
 * await Promise.all([1, 2, 3].map((n) => recorded.stream({ category: "c", stream: "s" }).publish({ events: [{ name: "n", payload: n }] })));
 * await recorded.log().read(); // the final log: a check needs it
 * const { violations } = checkHistory(history());
 * ```
 */
export function recordHistory(store: EventStore, options: RecordHistoryOptions = {}): Recording {
  const lines: HistoryLine[] = [];
  const { process = randomUUID().slice(0, 8), onLine = (line: HistoryLine) => void lines.push(line) } = options;
  return { store: recordedStore(store, new Recorder(process, onLine)), history: () => [...lines] };
}
