import { type EventStorageAdapter, EventStore, type NewEvent } from "@eventfold/store";

const EVENTS_PER_PUBLISH = 500;
const STREAMS = 97;

/** Publishes events to many streams of a few categories: some with metadata and tags, some with texts that are difficult. */
export async function publishSamples(adapter: EventStorageAdapter, count: number): Promise<void> {
  const store = new EventStore({ adapter });
  for (let first = 0; first < count; first += EVENTS_PER_PUBLISH) {
    const numbers = Array.from({ length: Math.min(EVENTS_PER_PUBLISH, count - first) }, (_, index) => first + index);
    const byStream = Map.groupBy(numbers, (n) => n % STREAMS);
    await store.publish(
      [...byStream].map(([stream, each]) => ({
        category: ["users", "orders", "größe 😀"][stream % 3] ?? "users",
        stream: `stream-${stream}`,
        events: each.map(sampleEvent),
      })),
    );
  }
}

function sampleEvent(n: number): NewEvent {
  return {
    name: `thing-${n % 5}`,
    payload: {
      n,
      owner: `owner ${n % 1_000}`,
      amount: n / 100,
      text: TEXTS[n % TEXTS.length] ?? null,
      list: [1, "2", null],
    },
    ...(n % 3 === 0 && { metadata: { correlationId: `c-${n}`, actor: 'é\\"\u2028' } }),
    ...(n % 7 === 0 && { tags: [`thing:${n}`, "seventh"] }),
    version: 1 + (n % 2),
    observedAt: new Date(1_700_000_000_000 + n),
    occurredAt: new Date(1_600_000_000_000 - 1_000 * n),
  };
}

const TEXTS = [
  "plain",
  'quote " and \\ and /',
  "\u{1f600} é \uffff \u2028",
  "\u0001\t\n",
  "",
  "'; drop table events; --",
  "5e-324",
];
