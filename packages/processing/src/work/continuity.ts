import { sequenceNumberBefore } from "@eventfold/store";
import { type EventLocation, isUnreadableEvent } from "@eventfold/types";
import { asStored, type SubscribableSource } from "../subscription/subscribable-source.ts";

/** An event that was read. */
export type ReadEvent = Pick<EventLocation, "id" | "sequenceNumber">;

/**
 * Finds out whether a source that is being read is still the same log. While nothing was read, its database may have been replaced by an
 * older copy, and the adapter may have connected to that unseen: what is published then would be passed over, for its numbers were used.
 */
export class Continuity {
  readonly #source: SubscribableSource;
  #last: ReadEvent | undefined;
  #knownMs = performance.now();

  /** @param last what was read before, if that is known. */
  constructor(source: SubscribableSource, last: ReadEvent | undefined) {
    this.#source = source;
    this.#last = last;
  }

  /** Takes note of the last event of what was read. */
  note(event: ReadEvent | undefined): void {
    this.#last = event ?? this.#last;
    this.#knownMs = performance.now();
  }

  /** Takes note that reading failed: whatever comes now may be of another log. */
  doubt(): void {
    this.#knownMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Whether the event that was read last is still there. It is looked for only if nothing was read for longer than `quietMs`.
   *
   * @throws what the source rejects with.
   */
  async holds(quietMs: number, signal: AbortSignal): Promise<boolean> {
    const last = this.#last;
    if (last === undefined || performance.now() - this.#knownMs <= quietMs) return true;
    const isThere = await this.#has(last, signal);
    if (isThere) this.#knownMs = performance.now();
    return isThere;
  }

  async #has({ id, sequenceNumber }: ReadEvent, signal: AbortSignal): Promise<boolean> {
    if (this.#source.hasReached !== undefined) return this.#source.hasReached(sequenceNumber);
    const constraints = [sequenceNumberBefore(sequenceNumber + 1)];
    try {
      // followed, for a scan would wait for writers in flight
      const pages = asStored(this.#source).followPages({ after: sequenceNumber - 1, constraints, signal });
      for await (const { events } of pages) return events[0]?.id === id;
      return false;
    } catch (error) {
      if (isUnreadableEvent(error)) return error.event.id === id;
      throw error;
    }
  }
}
