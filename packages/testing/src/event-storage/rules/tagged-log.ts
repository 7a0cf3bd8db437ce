import { type EventQuery, type EventQueryItem, type EventStore, eventsMatch, type StoredEvent } from "@eventfold/store";
import type { Random } from "../../random/random.ts";
import { EVENT_NAMES, FILLED_BASE_MS } from "./filled-log.ts";

/** The tags of the events in {@link taggedLog}, from one that nearly all have to one that few have. */
export const LOG_TAGS = ["all", "half", "some", "few", "rare", "__proto__", "a,b"] as const;

const SHARES: Readonly<Record<(typeof LOG_TAGS)[number], number>> = {
  all: 0.95,
  half: 0.5,
  some: 0.2,
  few: 0.05,
  rare: 0.01,
  __proto__: 0.1,
  "a,b": 0.1,
};

/** Publishes events in random batches to two streams in each of two categories, with random names and tags. Returns them in log order. */
export async function taggedLog(store: EventStore, random: Random, count: number): Promise<readonly StoredEvent[]> {
  const stored: StoredEvent[] = [];
  while (stored.length < count) {
    const from = stored.length;
    const size = Math.min(random.integer(1, Math.max(1, Math.floor(count / 10))), count - from);
    const number = () => (from === 0 ? 0 : random.integer(0, 1)); // the first batch goes to the stream that tests read
    const events = generatedTaggedEvents(random, size).map((event, index) => ({
      ...event,
      payload: { n: from + index },
    }));
    const names = { category: `category-${number()}`, stream: `stream-${number()}` };
    stored.push(...(await store.stream(names).publish({ events })));
  }
  return stored;
}

/** Events with random names and tags. */
export function generatedTaggedEvents(random: Random, count: number) {
  return Array.from({ length: count }, (_, n) => ({
    name: random.pick(EVENT_NAMES),
    payload: { n },
    observedAt: new Date(FILLED_BASE_MS + random.integer(0, 50)),
    occurredAt: new Date(FILLED_BASE_MS - random.integer(0, 50)),
    tags: random.shuffle(LOG_TAGS.filter((tag) => random.chance(SHARES[tag]))),
  }));
}

/** A query of one to three items of the names and tags of {@link taggedLog}, and now and then of those that no event has. */
export function generatedQuery(random: Random): EventQuery {
  const item = (): EventQueryItem => {
    const names = random.shuffle([...EVENT_NAMES, "unknown"]).slice(0, random.integer(1, 3));
    const tags = random.shuffle([...LOG_TAGS, "unknown"]).slice(0, random.integer(1, 3));
    const kind = random.integer(0, 3);
    return { ...(kind !== 0 && { tags }), ...(kind < 2 && { names }) };
  };
  const more = Array.from({ length: random.integer(0, 2) }, item);
  return eventsMatch(item(), ...more);
}
