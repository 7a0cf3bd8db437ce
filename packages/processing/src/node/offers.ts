import type { SeenPartition } from "../storage/partition.ts";

/** For how many beats a partition is left to others: whoever sees it free for half of that claims it. */
const BEATS = 6;

/** Partitions that a node gave up because they fail here, and leaves to other nodes for a while. */
export class Offers {
  /** With the beats that are left. */
  readonly #left = new Map<number, number>();

  get partitions(): ReadonlySet<number> {
    return new Set(this.#left.keys());
  }

  add(partition: number): void {
    this.#left.set(partition, BEATS);
  }

  /** Takes note of what a beat at its time has seen: one that another session has, or that nobody wants, is offered no more. */
  see(partitions: readonly SeenPartition[], session: string): void {
    for (const [number, left] of [...this.#left]) {
      const owner = partitions.find(({ partition }) => partition === number)?.owner;
      const isTaken = owner !== undefined && owner !== session;
      if (isTaken || left <= 1) this.#left.delete(number);
      else this.#left.set(number, left - 1);
    }
  }
}
