import { randomUUID } from "node:crypto";
import type { PreparedEvent, SaveRequest, StreamWrite } from "@eventfold/store/adapter";

/** An event as the store hands it to an adapter. */
export function preparedEvent(overrides: Partial<PreparedEvent> = {}): PreparedEvent {
  return {
    id: randomUUID(),
    name: "happened",
    payload: '{"n":1}',
    metadata: null,
    version: 1,
    observedAtMs: Date.UTC(2026, 0, 1),
    occurredAtMs: Date.UTC(2025, 0, 1),
    tags: [],
    ...overrides,
  };
}

/** A publish to one stream, without condition unless one is given. */
export function saveOf(
  stream: string,
  events: number | readonly PreparedEvent[],
  write: Partial<StreamWrite> = {},
): SaveRequest {
  const prepared = typeof events === "number" ? Array.from({ length: events }, () => preparedEvent()) : events;
  return { writes: [{ category: "things", stream, events: prepared, allowed: undefined, ...write }] };
}
