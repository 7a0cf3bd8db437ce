import { Turns } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";

// A client may be joined several times, by several adapters; it is all that they have in common.
const TURNS = new WeakMap<ClientBase, Turns>();

/**
 * The turns of a client, the same for every caller. One connection does one thing at a time. The driver's own queue, which
 * is deprecated, knows only single statements, so the statements of different callers would be mixed.
 */
export function turnsOf(client: ClientBase): Turns {
  const known = TURNS.get(client);
  if (known !== undefined) return known;
  const turns = new Turns();
  TURNS.set(client, turns);
  return turns;
}
