/** How long a piece of work may keep the event loop to itself before it lets others have a turn. */
const LONGEST_TURN_MS = 8;

/** Lets timers, sockets and everybody else who waits for the event loop have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Watches how long work has kept the event loop, so that long work can be cut into turns. */
export class EventLoopTurn {
  #startedAtMs = performance.now();

  /** Whether it is time to {@link EventLoopTurn.pass}. */
  get isOver(): boolean {
    return performance.now() - this.#startedAtMs >= LONGEST_TURN_MS;
  }

  /** Waits for the next turn, which starts the watch again. */
  async pass(): Promise<void> {
    await nextTurn();
    this.#startedAtMs = performance.now();
  }
}
