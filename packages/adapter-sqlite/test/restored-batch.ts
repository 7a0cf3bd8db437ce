import { eventIdFrom } from "@eventfold/store";
import type { EventText, RestoreBatch } from "@eventfold/store/adapter";

/** How many events each batch has. */
export const BATCH_EVENTS = 100;

/** The event with this sequence number: always the same, so that another process knows what was restored. */
function restoredEvent(sequenceNumber: number): EventText {
  const stream = `s-${sequenceNumber % 10}`;
  return {
    id: eventIdFrom("restored", sequenceNumber),
    name: "moved",
    ...{ category: "accounts", stream, position: Math.floor((sequenceNumber - 1) / 10), sequenceNumber },
    ...{ version: 1, observedAtMs: sequenceNumber, occurredAtMs: 0, tags: ["t"] },
    payload: JSON.stringify({ text: "x".repeat(500) }),
    metadata: null,
  };
}

/** The batch behind this number of events. */
export function batchBehind(count: number): RestoreBatch {
  const newest = count === 0 ? undefined : restoredEvent(count);
  return { newest, events: Array.from({ length: BATCH_EVENTS }, (_, n) => restoredEvent(count + 1 + n)) };
}
