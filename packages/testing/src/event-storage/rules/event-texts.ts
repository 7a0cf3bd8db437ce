import { randomUUID } from "node:crypto";
import type { EventText, NewestEvent } from "@eventfold/store/adapter";
import type { Random } from "../../random/random.ts";
import { ORDERED_MEMBERS } from "./json-values.ts";
import { ODD_TAGS } from "./odd-tags.ts";

/** The stream that most tests of restoring look at; {@link eventTexts} has many of its events. */
export const RESTORED_STREAM = { category: "accounts", stream: "a-0" } as const;

/** The base of the times in these texts, in epoch milliseconds. */
const BASE_MS = 1_700_000_000_000;

/** One event as another log would have it: the first of {@link RESTORED_STREAM}, but for what is given. */
export function eventText(own: Partial<EventText> = {}): EventText {
  return {
    id: randomUUID(),
    name: "moved",
    ...RESTORED_STREAM,
    position: 0,
    sequenceNumber: 1,
    version: 1,
    observedAtMs: BASE_MS,
    occurredAtMs: BASE_MS,
    tags: [],
    payload: '{"n":1}',
    metadata: null,
    ...own,
  };
}

/**
 * Events as another log would have them, in order: over three categories, of which one is the library's own, with gaps between the
 * numbers, and with tags, metadata and times of all kinds.
 */
export function eventTexts(random: Random, count: number): EventText[] {
  const positions = new Map<string, number>();
  let sequenceNumber = 0;
  return Array.from({ length: count }, (_, n) => {
    sequenceNumber += random.chance(0.1) ? random.integer(2, 50) : 1;
    const category = random.pick(["accounts", "accounts", "orders", "$own"]);
    const stream = `${category.charAt(0)}-${random.integer(0, 5)}`;
    const position = positions.get(`${category} ${stream}`) ?? 0;
    positions.set(`${category} ${stream}`, position + 1);
    return eventText({
      name: random.pick(["opened", "moved", "closed"]),
      ...{ category, stream, position, sequenceNumber },
      version: random.integer(1, 3),
      observedAtMs: BASE_MS + random.integer(0, 1_000),
      occurredAtMs: BASE_MS - random.integer(0, 1_000),
      tags: random.chance(0.3) ? random.shuffle(ODD_TAGS).slice(0, random.integer(1, 5)) : [],
      payload: JSON.stringify(random.chance(0.2) ? ORDERED_MEMBERS : { n }),
      metadata: random.chance(0.3) ? JSON.stringify({ by: "ä€\u{1f600}", n }) : null,
    });
  });
}

/** What a batch that goes on behind an event names. */
export function newestOf(event: EventText | undefined): NewestEvent | undefined {
  return event && { sequenceNumber: event.sequenceNumber, id: event.id };
}
