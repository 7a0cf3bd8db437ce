import type { ParkedMark, ParkedOfPartition } from "../storage/parked-event.ts";
import type { Entry } from "./backlog.ts";

/** What is parked of a partition, as far as its owner has to know it to pass it over. */
export class ParkedStreams {
  /** How many events are parked in all. */
  count: number;
  readonly #events = new Set<string>();
  readonly #streams = new Map<string, number>();

  constructor({ count, marks }: Pick<ParkedOfPartition, "count" | "marks">) {
    this.count = count;
    for (const mark of marks) this.#mark(mark);
  }

  /** Takes note of an event that was parked. */
  add(mark: ParkedMark): void {
    this.count += 1;
    this.#mark(mark);
  }

  /** Whether an event is parked, or waits for an earlier one of its stream. */
  covers({ location: { sequenceNumber, category, stream }, hash }: Entry): boolean {
    if (this.count === 0) return false;
    if (this.#events.has(eventKey({ sequenceNumber, hash }))) return true;
    const from = this.#streams.get(streamKey({ category, stream, hash }));
    return from !== undefined && sequenceNumber > from;
  }

  #mark(mark: ParkedMark): void {
    this.#events.add(eventKey(mark));
    if (!mark.isWholeStream) return;
    const key = streamKey(mark);
    this.#streams.set(key, Math.min(mark.sequenceNumber, this.#streams.get(key) ?? Number.POSITIVE_INFINITY));
  }
}

function eventKey({ sequenceNumber, hash }: Pick<ParkedMark, "sequenceNumber" | "hash">): string {
  return `${sequenceNumber} ${hash}`;
}

function streamKey({ category, stream, hash }: Pick<ParkedMark, "category" | "stream" | "hash">): string {
  return `${hash} ${category}\u001f${stream}`;
}
