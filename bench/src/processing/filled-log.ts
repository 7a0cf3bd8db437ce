import type { EventStore } from "@eventfold/store";
import { fillStreams, type OpenProcessed, type ProcessedDatabase } from "./databases.ts";

/** Stores so many events. */
export type Fill = (store: EventStore, count: number) => Promise<void>;

/** A log that is filled once for all candidates of a row, and closed when the last of them is done with it. */
export class FilledLog {
  readonly length: number;
  readonly #open: OpenProcessed;
  readonly #fill: Fill;
  #opened: Promise<ProcessedDatabase> | undefined;
  #users = 0;

  constructor(open: OpenProcessed, length: number, fill: Fill = fillStreams) {
    this.#open = open;
    this.length = length;
    this.#fill = fill;
  }

  use(): Promise<ProcessedDatabase> {
    this.#users += 1;
    this.#opened ??= this.#openFilled();
    return this.#opened;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const opened = await this.#opened;
    this.#opened = undefined;
    await opened?.dispose();
  }

  async #openFilled(): Promise<ProcessedDatabase> {
    const database = await this.#open();
    await this.#fill(database.store, this.length);
    return database;
  }
}

/** @throws `RangeError` when a candidate did not get through all events. */
export function checkedCount(events: number, expected: number): number {
  if (events !== expected) throw new RangeError(`${events} events of ${expected} were handled.`);
  return events;
}
