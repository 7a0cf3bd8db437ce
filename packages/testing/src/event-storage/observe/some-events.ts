import type { NewEvent } from "@eventfold/store";

/** So many new events that can be told apart: the payload counts from `from`. */
export function someEvents(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({ name: "noted", payload: { n: from + index } }));
}

/** One new event with this payload. */
export function noted(payload: unknown): NewEvent {
  return { name: "noted", payload };
}
