import type { StoredEvent } from "@eventfold/store";

/** A message for other systems, as it waits in the outbox. */
export interface Message {
  /** The sequence number of its event: messages are delivered in this order. */
  readonly number: number;
  /** The id of its event. A message may come twice; receivers tell by its id. */
  readonly id: string;
  /** What is sent: JSON. */
  readonly body: string;
}

/**
 * The message of an event, or `undefined` where it is nobody else's business. What leaves the application is a contract of its own:
 * it is written down here, once, instead of sending events as they are.
 */
function messageOf({ category, name, id, payload, sequenceNumber, occurredAt }: StoredEvent): Message | undefined {
  if (category !== "orders") return undefined;
  const body = JSON.stringify({ id, type: `orders.${name}`, at: occurredAt, data: payload });
  return { number: sequenceNumber, id, body };
}

/** The messages of what one publish has stored. */
export function messagesOf(events: readonly StoredEvent[]): readonly Message[] {
  return events.flatMap((event) => messageOf(event) ?? []);
}
