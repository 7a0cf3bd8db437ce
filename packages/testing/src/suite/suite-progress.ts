const FIRST_LINE_AFTER_MS = 5_000;
const LONGEST_BETWEEN_LINES_MS = 60_000;

/**
 * Reports the progress of a suite on standard error, after 5 seconds and then less and less often, down to once a minute. It
 * writes whole lines, which every runner passes on at once; under most runners a test file has no terminal of its own.
 */
export class SuiteProgress {
  readonly #name: string;
  readonly #total: number;
  readonly #running = new Set<string>();
  #ended = 0;
  #failed = 0;
  #startedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #intervalMs = FIRST_LINE_AFTER_MS;

  constructor(name: string, total: number) {
    this.#name = name;
    this.#total = total;
  }

  /** Notes that a test runs, for as long as the work takes. */
  async noted<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#startedAt ??= performance.now();
    this.#running.add(title);
    this.#timer ??= this.#nextLine();
    try {
      return await work();
    } catch (error) {
      this.#failed += 1;
      throw error;
    } finally {
      this.#ended += 1;
      this.#running.delete(title);
    }
  }

  #nextLine(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      if (this.#running.size === 0) return; // until the next test starts, if one does
      process.stderr.write(`${this.#line()}\n`);
      this.#intervalMs = Math.min(2 * this.#intervalMs, LONGEST_BETWEEN_LINES_MS);
      this.#timer = this.#nextLine();
    }, this.#intervalMs).unref();
  }

  #line(): string {
    const seconds = Math.round((performance.now() - (this.#startedAt ?? 0)) / 1000);
    const [current] = this.#running;
    return `${this.#name}: ${this.#ended} of ${this.#total} tests in ${seconds} s, ${this.#failed} failed; now ${current}`;
  }
}
