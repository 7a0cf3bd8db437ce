import type { NewEvent } from "@eventfold/store";
import { EARLIEST_EVENT_TIME_MS, LATEST_EVENT_TIME_MS } from "@eventfold/types";
import { generatedJson } from "./generated-json.ts";
import { generatedName } from "./generated-name.ts";
import type { Random } from "./random.ts";

/** How deep the payloads of generated events nest. */
const DEPTH = 4;

/**
 * A new event with every member, each with any value that the rules allow: any JSON, any time in the years 1 to 9999, none to four tags.
 *
 * @example
 * ```ts
 * const random = seededRandom(chosenSeed());
 * await stream.publish({ events: Array.from({ length: 10 }, () => generatedEvent(random)) });
 * ```
 */
export function generatedEvent(random: Random): NewEvent {
  return {
    name: generatedName(random, "event"),
    payload: generatedJson(random, DEPTH),
    metadata: generatedJson(random, DEPTH),
    id: generatedId(random),
    version: random.integer(1, 2 ** 31 - 1),
    observedAt: generatedTime(random),
    occurredAt: generatedTime(random),
    tags: Array.from({ length: random.integer(0, 4) }, () => generatedName(random, "tag")),
  };
}

/** A canonical lower-case UUID. */
export function generatedId(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.integer(0, 15).toString(16)).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A time that an event may carry. */
export function generatedTime(random: Random): Date {
  return new Date(random.integer(EARLIEST_EVENT_TIME_MS, LATEST_EVENT_TIME_MS));
}
