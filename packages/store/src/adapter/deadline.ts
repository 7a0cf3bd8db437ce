/**
 * When waiting ends, by the clock of `performance.now()`, which cannot be set.
 *
 * @example
 * ```ts
 * const deadline = Deadline.after(30_000);
 * while (!deadline.isOver) await new Promise((resolve) => setTimeout(resolve, Math.min(deadline.leftMs, 100)));
 * ```
 */
export class Deadline {
  /** In the milliseconds of `performance.now()`. */
  readonly atMs: number;

  private constructor(atMs: number) {
    this.atMs = atMs;
  }

  /** The deadline this many milliseconds from now. */
  static after(timeoutMs: number): Deadline {
    return new Deadline(performance.now() + timeoutMs);
  }

  /** Whether it has passed. */
  get isOver(): boolean {
    return performance.now() >= this.atMs;
  }

  /** The milliseconds until then; 0 once it has passed. */
  get leftMs(): number {
    return Math.max(0, this.atMs - performance.now());
  }
}
