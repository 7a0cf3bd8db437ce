import { consumeAll, subscription } from "@eventfold/processing";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { fillStreams, type OpenProcessed, type ProcessedDatabase } from "./databases.ts";

/** A log that is filled once for all candidates of a row, and closed when the last of them is done with it. */
export class FilledLog {
  readonly length: number;
  readonly #open: OpenProcessed;
  #opened: Promise<ProcessedDatabase> | undefined;
  #users = 0;

  constructor(open: OpenProcessed, length: number) {
    this.#open = open;
    this.length = length;
  }

  use(): Promise<ProcessedDatabase> {
    this.#users += 1;
    this.#opened ??= this.#fill();
    return this.#opened;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const opened = await this.#opened;
    this.#opened = undefined;
    await opened?.dispose();
  }

  async #fill(): Promise<ProcessedDatabase> {
    const database = await this.#open();
    await fillStreams(database.store, this.length);
    return database;
  }
}

let subscriptions = 0;

/** Consumes all of the log with a handler that only counts, by a new subscription each time. */
export function catchingUp(name: string, log: FilledLog, partitions: number): Candidate {
  return {
    name,
    async start() {
      const { store, storage } = await log.use();
      return {
        measure: () =>
          timed(async () => {
            let handled = 0;
            const counting = subscription({
              name: `counting-${++subscriptions}`,
              source: store.log(),
              partitions,
              handleEvent: () => {
                handled += 1;
              },
            });
            await consumeAll(counting, { storage });
            return checkedCount(handled, log.length);
          }),
        dispose: () => log.release(),
      };
    },
  };
}

/** Scans the log to its end: what consuming it cannot be faster than. */
export function scanningThrough(name: string, log: FilledLog): Candidate {
  return {
    name,
    async start() {
      const { store } = await log.use();
      return {
        measure: () =>
          timed(async () => {
            let events = 0;
            for await (const _ of store.log().scan()) events += 1;
            return checkedCount(events, log.length);
          }),
        dispose: () => log.release(),
      };
    },
  };
}

function checkedCount(events: number, expected: number): number {
  if (events !== expected) throw new RangeError(`${events} events of ${expected} were handled.`);
  return events;
}
