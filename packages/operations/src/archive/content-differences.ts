import type { EventStorageAdapter, EventText } from "@eventfold/store/adapter";
import type { EventLocation } from "@eventfold/types";
import { printEventLine } from "./event-line.ts";
import type { CategoryDigest, LogDigest } from "./log-digest.ts";
import { storedTextsOf } from "./stored-texts.ts";

/** A category whose content is not that of the reference. */
export interface CategoryDifference {
  readonly category: string;
  /** What the reference has of it; `undefined`: nothing. */
  readonly expected: CategoryDigest | undefined;
  /** What the log has of it; `undefined`: nothing. */
  readonly found: CategoryDigest | undefined;
}

/** The categories that are not the same in both, in the order of their names. */
export function categoryDifferences(expected: LogDigest, found: LogDigest): CategoryDifference[] {
  const expectedOf = byCategory(expected);
  const foundOf = byCategory(found);
  const names = new Set([...expectedOf.keys(), ...foundOf.keys()]);
  return [...names]
    .map((category) => ({ category, expected: expectedOf.get(category), found: foundOf.get(category) }))
    .filter((both) => both.expected?.digest !== both.found?.digest);
}

function byCategory({ categories }: LogDigest): ReadonlyMap<string, CategoryDigest> {
  return new Map(categories.map((digest) => [digest.category, digest]));
}

/** A part of a log, by sequence numbers. */
export interface LogPart {
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo: number;
}

/** The first part in which two logs differ, as far as marks tell; both were taken at the same numbers. */
export function firstDifferingPart(expected: LogDigest, found: LogDigest): LogPart {
  let after = 0;
  for (const [index, mark] of expected.marks.entries()) {
    if (mark.digest !== found.marks[index]?.digest) return { after, upTo: mark.upTo };
    after = mark.upTo;
  }
  return { after, upTo: expected.upTo };
}

/** An event that is not the same in both logs. */
export interface EventDifference {
  /** `missing`: only the reference has it. `added`: only the log has it. `changed`: both have one of this number, but not the same. */
  readonly kind: "missing" | "added" | "changed";
  /** As the log has it; as the reference has it, where it is missing. */
  readonly event: EventLocation;
}

/** Compares two logs event by event within a part, and yields what differs, in the order of sequence numbers. */
export async function* eventDifferences(
  { log, reference }: { readonly log: EventStorageAdapter; readonly reference: EventStorageAdapter },
  { after, upTo }: LogPart,
  signal: AbortSignal | undefined,
): AsyncGenerator<EventDifference, void, undefined> {
  const expected = eventsOf(storedTextsOf(reference, { after, upTo, signal }));
  const found = eventsOf(storedTextsOf(log, { after, upTo, signal }));
  try {
    let [one, other] = [await next(expected), await next(found)];
    while (one !== undefined || other !== undefined) {
      const order = numberOf(one) - numberOf(other);
      if (one !== undefined && order < 0) yield { kind: "missing", event: locationOf(one) };
      else if (other !== undefined && order > 0) yield { kind: "added", event: locationOf(other) };
      else if (one !== undefined && other !== undefined && printEventLine(one) !== printEventLine(other)) {
        yield { kind: "changed", event: locationOf(other) };
      }
      if (order <= 0) one = await next(expected);
      if (order >= 0) other = await next(found);
    }
  } finally {
    await Promise.all([expected.return(), found.return()]);
  }
}

async function* eventsOf(pages: AsyncIterable<readonly EventText[]>): AsyncGenerator<EventText, void, undefined> {
  for await (const page of pages) yield* page;
}

async function next(events: AsyncGenerator<EventText, void, undefined>): Promise<EventText | undefined> {
  const { value } = await events.next();
  return value ?? undefined;
}

function locationOf({ id, category, stream, position, sequenceNumber }: EventText): EventLocation {
  return { id, category, stream, position, sequenceNumber };
}

/** The end of a log comes after every event. */
function numberOf(event: EventText | undefined): number {
  return event?.sequenceNumber ?? Number.MAX_SAFE_INTEGER;
}
