import type { EncodedEvent, EventToEncode, StoredEvent } from "@eventfold/store";

/** An event of a publish, as the store hands it to definitions. */
export function given(name: string, payload: unknown, version?: number): EventToEncode {
  return {
    id: "id",
    name,
    payload,
    version,
    at: (member) => (member === undefined ? ["events", 0] : ["events", 0, member]),
  };
}

export function stored(name: string, payload: unknown, version = 1): StoredEvent {
  return {
    id: "0190163d-8694-739b-aea5-966c26f8ad91",
    name,
    payload: payload as StoredEvent["payload"],
    metadata: null,
    version,
    observedAt: new Date(0),
    occurredAt: new Date(0),
    category: "accounts",
    stream: "acc-1",
    position: 3,
    sequenceNumber: 7,
    tags: [],
  };
}

/** Published as one event, and the payload of what is read again. */
export async function roundTrip(definitions: object, name: string, payload: unknown) {
  const translation = definitions as {
    encode(events: readonly EventToEncode[]): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]>;
    read(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]>;
  };
  const [encoded] = await translation.encode([given(name, payload)]);
  const text = encoded?.payload.text ?? "";
  const [read] = await translation.read([stored(name, JSON.parse(text))]);
  return { text, read: read?.payload, returned: encoded?.read?.payload ?? JSON.parse(text) };
}
