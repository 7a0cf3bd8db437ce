import type { SaveResult, StreamWrite, UnmetWrite } from "@eventfold/store";
import { isAllowed, storedEventOf } from "@eventfold/store";
import { StorageFailedError, type StoredEvent } from "@eventfold/types";

/** The judgement on one publish. `seen`: some or all of its ids are stored already, to be looked up. */
export type Verdict = Extract<SaveResult, { kind: "stored" | "unmet" }> | { readonly kind: "seen" };

/**
 * The verdict when the write conditions are unmet, from the latest position of each write's stream (−1: empty).
 *
 * @throws `StorageFailedError` (`STORAGE_FAILED`) when all of them hold: the server has not inserted the events for no reason.
 */
export function unmetVerdict(writes: readonly StreamWrite[], heads: readonly number[]): Verdict {
  const unmet: UnmetWrite[] = [];
  writes.forEach((write, index) => {
    const head = heads[index] ?? -1;
    const latestPosition = head === -1 ? undefined : head;
    if (!isAllowed(write.allowed, latestPosition)) unmet.push({ write: index, latestPosition });
  });
  if (unmet.length === 0) throw notInserted();
  return { kind: "unmet", unmet };
}

/** Hands out the places that a statement gave to the events, in the order of the events. */
export interface EventPlaces {
  next(): { readonly position: number; readonly sequenceNumber: number };
}

/** The verdict when a publish was stored. */
export function storedVerdict(writes: readonly StreamWrite[], places: EventPlaces): Verdict {
  const events = writes.map(({ category, stream, events }): readonly StoredEvent[] =>
    events.map((event) => storedEventOf(event, { category, stream, ...places.next() })),
  );
  return { kind: "stored", events };
}

/** For events that the server has not inserted although nothing is in their way, and has reported no error for. */
export function notInserted(): StorageFailedError {
  return new StorageFailedError(
    "PostgreSQL did not insert the events, although nothing is in their way: a trigger or a rule kept it from doing so. " +
      "Nothing was stored. Remove it from the table of events.",
  );
}

/** The numbers in an array of integers as the server prints it; none in `null`. */
export function numbersIn(array: string | null): readonly number[] {
  if (array === null || array === "{}") return [];
  return array.slice(1, -1).split(",").map(Number);
}
