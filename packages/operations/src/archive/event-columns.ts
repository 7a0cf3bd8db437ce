import type { EventText } from "@eventfold/store/adapter";

/**
 * Events by their members, for the way from one thread to another: to copy objects, each with the names of its members, takes three
 * times as long.
 */
export type EventColumns = { readonly [Member in keyof EventText]: readonly EventText[Member][] };

/** The members of events. */
export function columnsOf(events: readonly EventText[]): EventColumns {
  return {
    id: events.map(({ id }) => id),
    name: events.map(({ name }) => name),
    category: events.map(({ category }) => category),
    stream: events.map(({ stream }) => stream),
    position: events.map(({ position }) => position),
    sequenceNumber: events.map(({ sequenceNumber }) => sequenceNumber),
    version: events.map(({ version }) => version),
    observedAtMs: events.map(({ observedAtMs }) => observedAtMs),
    occurredAtMs: events.map(({ occurredAtMs }) => occurredAtMs),
    tags: events.map(({ tags }) => tags),
    payload: events.map(({ payload }) => payload),
    metadata: events.map(({ metadata }) => metadata),
  };
}

/** The events that have these members. */
export function eventsOf(columns: EventColumns): EventText[] {
  return columns.id.map((id, index) => {
    const event: { [Member in keyof EventText]: EventText[Member] | undefined } = {
      id,
      name: columns.name[index],
      category: columns.category[index],
      stream: columns.stream[index],
      position: columns.position[index],
      sequenceNumber: columns.sequenceNumber[index],
      version: columns.version[index],
      observedAtMs: columns.observedAtMs[index],
      occurredAtMs: columns.occurredAtMs[index],
      tags: columns.tags[index],
      payload: columns.payload[index],
      metadata: columns.metadata[index],
    };
    return event as EventText;
  });
}
