import type { EventStore, StoredEvent } from "@eventfold/store";
import type { Random } from "../../random/random.ts";

/** The names of the events in {@link filledLog}. */
export const EVENT_NAMES = ["opened", "Opened", "paid", "closed"] as const;

/** The stream of {@link filledLog} that tests read; about a quarter of the events are in it. */
export const FILLED_STREAM = { category: "category-0", stream: "stream-0" } as const;

/** The base of the times in {@link filledLog}, in epoch milliseconds. */
export const FILLED_BASE_MS = 1_700_000_000_000;

/**
 * Publishes the given number of events in random batches to two streams in each of two categories, with random names, and with
 * times that neither rise nor agree. Returns them in log order.
 */
export async function filledLog(store: EventStore, random: Random, count: number): Promise<readonly StoredEvent[]> {
  const stored: StoredEvent[] = [];
  while (stored.length < count) {
    const size = Math.min(random.integer(1, Math.max(1, Math.floor(count / 10))), count - stored.length);
    const from = stored.length;
    const stream = from === 0 ? FILLED_STREAM : anyStream(random);
    const events = Array.from({ length: size }, (_, index) => ({
      name: random.pick(EVENT_NAMES),
      payload: { n: from + index },
      observedAt: new Date(FILLED_BASE_MS + random.integer(0, 50)),
      occurredAt: new Date(FILLED_BASE_MS - random.integer(0, 50)),
    }));
    stored.push(...(await store.stream(stream).publish({ events })));
  }
  return stored;
}

function anyStream(random: Random): { readonly category: string; readonly stream: string } {
  return { category: `category-${random.integer(0, 1)}`, stream: `stream-${random.integer(0, 1)}` };
}
