import { randomUUID } from "node:crypto";
import type { PreparedEvent } from "@eventfold/store/adapter";

/** An event as the store hands it to an adapter, for tests that call the port directly. */
export function preparedEvent(payload: unknown, own: Partial<PreparedEvent> = {}): PreparedEvent {
  const now = Date.now();
  return {
    id: randomUUID(),
    name: "noted",
    payload: JSON.stringify(payload),
    metadata: null,
    version: 1,
    observedAtMs: now,
    occurredAtMs: now,
    tags: [],
    ...own,
  };
}
