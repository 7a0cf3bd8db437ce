/** After how many answers the event loop gets a turn. */
const ANSWERS_PER_TURN = 64;

/**
 * Lets time limits take effect. If an adapter returns promises that are settled already, a loop that waits for something else
 * never gives timers a turn. Answers that pass through here give them one, every so many answers. They keep their order.
 *
 * After its end nothing is answered any more, so that loops for which nobody waits stop without failing another test.
 */
export class Pace {
  #answers = 0;
  #turn: Promise<void> | undefined;
  #isEnded = false;
  readonly #failure = Promise.withResolvers<never>();

  constructor() {
    this.#failure.promise.catch(() => {}); // that nobody waits for it is no fault
  }

  /** Rejects with the first error that {@link fail} was given; it never fulfils. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** Fails the test at once, whatever it waits for, and ends the pace. */
  fail(error: Error): void {
    this.#failure.reject(error);
    this.end();
  }

  end(): void {
    this.#isEnded = true;
  }

  /** The answer of an adapter, once timers have had their turn. */
  async answered<T>(answer: PromiseLike<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      this.#answers += 1;
      if (this.#answers % ANSWERS_PER_TURN === 0) this.#turn ??= this.#nextTurn();
      await this.#turn; // that of another answer too: none overtakes
      if (this.#isEnded) await new Promise(() => {});
    }
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        resolve();
      });
    });
  }
}
