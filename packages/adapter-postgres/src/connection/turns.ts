import type { ClientBase } from "pg";

/**
 * The turns of a client. One connection does one thing at a time, and the driver's own queue, which is deprecated, knows
 * statements only: what takes several of them would be mixed with what others do.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does work once all that came before has ended, and gives its outcome. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

// A client may be joined several times, by several adapters; it is all that they have in common.
const TURNS = new WeakMap<ClientBase, Turns>();

/** The turns of a client, the same whoever asks. */
export function turnsOf(client: ClientBase): Turns {
  const known = TURNS.get(client);
  if (known !== undefined) return known;
  const turns = new Turns();
  TURNS.set(client, turns);
  return turns;
}
