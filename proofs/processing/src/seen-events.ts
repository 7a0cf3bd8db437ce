import type { StoredEvent } from "@eventfold/types";

/** What handlers have seen, in order, and the means to wait for it. */
export class SeenEvents {
  readonly #seen: StoredEvent[] = [];
  readonly #waiting = new Set<() => void>();

  get all(): readonly StoredEvent[] {
    return this.#seen;
  }

  get numbers(): readonly number[] {
    return this.#seen.map(({ sequenceNumber }) => sequenceNumber);
  }

  note(event: StoredEvent): void {
    this.#seen.push(event);
    for (const look of this.#waiting) look();
  }

  /** Waits until a condition holds of what was seen. */
  async until(condition: (seen: readonly StoredEvent[]) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!condition(this.#seen)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until so many were seen. */
  async count(events: number): Promise<void> {
    await this.until((seen) => seen.length >= events);
  }
}
