import {
  EARLIEST_EVENT_TIME_MS,
  type EventName,
  LATEST_EVENT_TIME_MS,
  type NewEvent,
  type StoredEvent,
} from "@eventfold/types";
import fc from "fast-check";
import { jsonValues } from "./json-values.ts";
import { categoryNames, eventNames, streamNames, tags } from "./names.ts";

/** Canonical lower-case UUIDs, as events have them. */
export const eventIds: fc.Arbitrary<string> = fc.uuid();

/** Times that events may have: in the years 1 to 9999, to the millisecond. */
export const eventTimes: fc.Arbitrary<Date> = fc
  .integer({ min: EARLIEST_EVENT_TIME_MS, max: LATEST_EVENT_TIME_MS })
  .map((ms) => new Date(ms));

const versions = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 31 - 1 }) },
);

/** Tags of an event: mostly few, with characters that mean something to databases. */
export const eventTags: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(tags, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant([]) },
);

/**
 * New events as an application may publish them. Members that may be left out are present in some and absent in others.
 * Payloads contain `-0` now and then, which JSON turns into 0.
 *
 * @example
 * ```ts
 * await fc.assert(fc.asyncProperty(newEvents, async (event) => {
 *   const [stored] = await stream.publish({ events: [event] });
 *   assert.equal(stored?.name, event.name);
 * }));
 * ```
 */
export const newEvents: fc.Arbitrary<NewEvent> = fc.record(
  {
    name: eventNames,
    payload: jsonValues,
    metadata: jsonValues,
    id: eventIds,
    version: versions,
    observedAt: eventTimes,
    occurredAt: eventTimes,
    tags: eventTags,
  },
  { requiredKeys: ["name", "payload"] },
);

/**
 * New events of a table of your own, from an arbitrary for the payload of each event.
 *
 * @example
 * ```ts
 * type AccountEvents = { "account-opened": { owner: string }; "money-deposited": { amount: number } };
 * const accountEvents = newEventsOf<AccountEvents>({
 *   "account-opened": fc.record({ owner: fc.string() }),
 *   "money-deposited": fc.record({ amount: fc.nat() }),
 * });
 * fc.assert(fc.property(fc.array(accountEvents), (events) => events.length === JSON.parse(JSON.stringify(events)).length));
 * ```
 */
export function newEventsOf<TEvents extends object>(
  payloads: {
    readonly [TName in EventName<TEvents>]: fc.Arbitrary<TEvents[TName]>;
  },
): fc.Arbitrary<NewEvent<TEvents>> {
  const entries: readonly (readonly [string, fc.Arbitrary<unknown>])[] = Object.entries(payloads);
  const events = entries.map(([name, payload]) => fc.record({ name: fc.constant(name), payload }));
  return fc.oneof(...events) as fc.Arbitrary<unknown> as fc.Arbitrary<NewEvent<TEvents>>;
}

const places = fc.record({
  category: categoryNames,
  stream: streamNames,
  position: fc.oneof(fc.nat(5), fc.nat()),
  before: fc.oneof(fc.nat(5), fc.nat()),
});

const contents = fc.record({
  id: eventIds,
  name: eventNames,
  payload: jsonValues,
  metadata: jsonValues,
  version: versions,
  observedAt: eventTimes,
  occurredAt: eventTimes,
  tags: eventTags,
});

/** Stored events, each somewhere in a log of its own: its sequence number is higher than its position. */
export const storedEvents: fc.Arbitrary<StoredEvent> = fc
  .tuple(contents, places)
  .map(([event, { before, ...place }]) => ({ ...event, ...place, sequenceNumber: place.position + before + 1 }));

/**
 * Streams as they are read: their stored events from position 0 on, with gaps between the sequence numbers.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(storedStreams, (events) => {
 *   const source = eventList(events, { kind: "stream", category: "c", stream: "s" });
 *   return source.identifier.kind === "stream";
 * }));
 * ```
 */
export const storedStreams: fc.Arbitrary<readonly StoredEvent[]> = fc
  .tuple(categoryNames, streamNames, fc.array(fc.tuple(contents, fc.integer({ min: 1, max: 3 })), { maxLength: 20 }))
  .map(([category, stream, events]) => {
    let sequenceNumber = 0;
    return events.map(([event, step], position) => {
      sequenceNumber += step;
      return { ...event, category, stream, position, sequenceNumber };
    });
  });
