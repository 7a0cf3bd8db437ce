import type { NewEvent } from "@eventfold/store";

/** The given number of new events, whose payloads count from `from`. */
export function someEvents(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({ name: "noted", payload: { n: from + index } }));
}

/** One new event with this payload. */
export function noted(payload: unknown): NewEvent {
  return { name: "noted", payload };
}
