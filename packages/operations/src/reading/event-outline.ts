import type { StoredEvent } from "@eventfold/store";
import type { StoredEventText } from "@eventfold/store/adapter";

/** An event without what it says: enough to name it, to place it, and to look it up. */
export interface EventOutline {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly stream: string;
  readonly position: number;
  readonly sequenceNumber: number;
  readonly observedAt: Date;
  readonly occurredAt: Date;
}

/** The outline of an event that was read as a whole. */
export function outlineOf(event: StoredEvent): EventOutline {
  const { id, name, category, stream, position, sequenceNumber, observedAt, occurredAt } = event;
  return { id, name, category, stream, position, sequenceNumber, observedAt, occurredAt };
}

/** The outline of an event that was read as text. */
export function outlineOfText(event: StoredEventText): EventOutline {
  const { id, name, category, stream, position, sequenceNumber, observedAtMs, occurredAtMs } = event;
  return {
    ...{ id, name, category, stream, position, sequenceNumber },
    observedAt: new Date(observedAtMs),
    occurredAt: new Date(occurredAtMs),
  };
}
