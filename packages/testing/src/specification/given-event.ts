import type { JsonValue, StoredEvent } from "@eventfold/types";
import { sequentialIds } from "../ids/sequential-ids.ts";

/** What a test may specify of a given event besides its name and payload; the rest is made up. */
export interface GivenEventDetails {
  /** Default: `null`. */
  readonly metadata?: JsonValue | undefined;
  /** Default: UUIDs that count from 1. */
  readonly id?: string | undefined;
  /** Default: 1. */
  readonly version?: number | undefined;
  /** Default: 2026-01-01T00:00:00.000Z, and a second later for each event before it. */
  readonly observedAt?: Date | undefined;
  /** Default: as `observedAt`. */
  readonly occurredAt?: Date | undefined;
  /** Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** Default: `things`. */
  readonly category?: string | undefined;
  /** Default: `thing-1`. */
  readonly stream?: string | undefined;
  /** Default: the next in its stream. */
  readonly position?: number | undefined;
  /** Higher than that of the event before. Default: one more. */
  readonly sequenceNumber?: number | undefined;
}

/** A given event: a literal with the name and payload of one of the events that a decider or projector knows. */
export type GivenEvent<TEvent> = TEvent extends { readonly name: infer TName; readonly payload: infer TPayload }
  ? GivenEventDetails & { readonly name: TName; readonly payload: TPayload }
  : never;

/** A given event about which nothing is known. */
export type AnyGivenEvent = GivenEvent<StoredEvent>;

/**
 * Given events as they would be stored, after those that were stored before.
 *
 * @throws `RangeError` when their sequence numbers do not rise.
 */
export function storedFrom(given: readonly AnyGivenEvent[], before: readonly StoredEvent[] = []): StoredEvent[] {
  const stored = [...before];
  for (const event of given) stored.push(nextEvent(event, stored));
  return stored.slice(before.length);
}

function nextEvent(given: AnyGivenEvent, before: readonly StoredEvent[]): StoredEvent {
  const { category = "things", stream = "thing-1" } = given;
  const sameStream = before.filter((event) => event.category === category && event.stream === stream);
  const observedAt = given.observedAt ?? new Date(Date.UTC(2026, 0, 1) + before.length * 1_000);
  const last = before.at(-1)?.sequenceNumber ?? 0;
  const { sequenceNumber = last + 1 } = given;
  if (sequenceNumber <= last) {
    throw new RangeError(`Given events must have rising sequence numbers, got ${sequenceNumber} after ${last}.`);
  }
  return {
    id: given.id ?? sequentialIds(before.length + 1)(),
    name: given.name,
    payload: given.payload,
    metadata: given.metadata ?? null,
    version: given.version ?? 1,
    observedAt,
    occurredAt: given.occurredAt ?? observedAt,
    tags: given.tags ?? [],
    category,
    stream,
    position: given.position ?? sameStream.length,
    sequenceNumber,
  };
}

/** How messages name an event. */
export function eventText(index: number, { name }: { readonly name: string }): string {
  return `event ${index} ${JSON.stringify(name)}`;
}

/** How messages name given events: the first few by name, the rest by their number. */
export function givenText(events: readonly { readonly name: string }[]): string {
  if (events.length === 0) return "Given no events";
  const shown = events.slice(0, 10).map((event, index) => `${index} ${JSON.stringify(event.name)}`);
  const more = events.length - shown.length;
  return `Given ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
