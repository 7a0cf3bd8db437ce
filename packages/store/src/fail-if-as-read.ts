import type { StoredEvent } from "@eventfold/types";
import type { AskedAsRead, PreparedFailIf } from "./fail-if.ts";
import { matchesAny } from "./storage/event-query-item.ts";
import type { EventStorage } from "./storage/event-storage.ts";

/**
 * What comes of a `failIf` that a stored event matches. Definitions look for events under old names too, and only when such an event is
 * read is it known what it is read as.
 */
export type JudgedAsRead =
  | { readonly kind: "matched"; readonly sequenceNumber: number }
  /** None of the events up to `after` matches as it is read: those above it are still to be judged. */
  | { readonly kind: "none"; readonly after: number };

/**
 * Judges, of what is read, a `failIf` for which a stored event was found.
 *
 * @param found the first stored event that matches.
 * @throws what the boundary of its items rejects with, and what decoding rejects with when an event cannot be read for now.
 */
export async function judgedAsRead(
  storage: EventStorage,
  failIf: PreparedFailIf,
  found: number,
): Promise<JudgedAsRead> {
  const { items, after, asRead } = failIf;
  if (asRead === undefined) return { kind: "matched", sequenceNumber: found };
  const { events, after: upTo } = await storage.boundary(items);
  for (const event of events) {
    if (event.sequenceNumber <= after) continue;
    if (await isMatch(event, asRead)) return { kind: "matched", sequenceNumber: event.sequenceNumber };
  }
  // in a transaction a boundary may end before the event: what cannot be judged counts as a match
  return upTo < found ? { kind: "matched", sequenceNumber: found } : { kind: "none", after: upTo };
}

/** Whether an event matches as it is stored, which is how items without names are meant, or as one of the definitions reads it. */
async function isMatch(event: StoredEvent, { items, definitions }: AskedAsRead): Promise<boolean> {
  if (matchesAny(items, event)) return true;
  for (const each of definitions) {
    const { events, failure } = await each.decode([event], "pass");
    if (failure !== undefined || events.some((read) => matchesAny(items, read))) return true;
  }
  return false;
}
