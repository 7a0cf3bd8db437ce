import { eventTimeMs } from "./event-time.ts";
import type { JsonObject } from "./json.ts";
import { nameFault } from "./name.ts";
import { parseJson } from "./parse-json.ts";
import type { StoredEvent } from "./stored-event.ts";
import { NO_TAGS } from "./tags.ts";

/**
 * A stored event as one line of JSON, with its times as ISO 8601 strings.
 *
 * @example
 * ```ts
 * const line = printStoredEvent(stored);
 * parseStoredEvent(line); // equal to `stored`
 * ```
 */
export function printStoredEvent(event: StoredEvent): string {
  return JSON.stringify(event);
}

/**
 * Reads what {@link printStoredEvent} wrote. Members that a stored event does not have are left out. A line without tags, as
 * earlier releases wrote it, gives an event without tags.
 *
 * @throws `SyntaxError` when the text is not JSON.
 * @throws `RangeError` naming the member that is missing or of the wrong kind.
 */
export function parseStoredEvent(text: string): StoredEvent {
  const parsed: unknown = parseJson(text);
  if (typeof parsed !== "object" || parsed === null) throw new RangeError("A stored event must be a JSON object.");
  const members = parsed as JsonObject;
  return {
    id: textual(members, "id"),
    name: textual(members, "name"),
    payload: present(members, "payload"),
    metadata: present(members, "metadata"),
    version: integer(members, "version", 1),
    observedAt: time(members, "observedAt"),
    occurredAt: time(members, "occurredAt"),
    tags: tagsOf(members),
    category: textual(members, "category"),
    stream: textual(members, "stream"),
    position: integer(members, "position", 0),
    sequenceNumber: integer(members, "sequenceNumber", 1),
  };
}

function present(members: JsonObject, name: string): JsonObject[string] {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (value === undefined) throw new RangeError(`A stored event must have a member "${name}".`);
  return value;
}

function textual(members: JsonObject, name: string): string {
  const value = present(members, name);
  if (typeof value !== "string" || value === "") throw new RangeError(`"${name}" of a stored event must be a string.`);
  return value;
}

function integer(members: JsonObject, name: string, least: number): number {
  const value = present(members, name);
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new RangeError(`"${name}" of a stored event must be an integer of at least ${least}.`);
  }
  return value as number;
}

function tagsOf(members: JsonObject): readonly string[] {
  const value = Object.hasOwn(members, "tags") ? members.tags : undefined;
  if (value === undefined) return NO_TAGS;
  if (Array.isArray(value) && value.every((tag) => nameFault("tag", tag) === undefined)) return value;
  throw new RangeError('"tags" of a stored event must be an array of tags.');
}

function time(members: JsonObject, name: string): Date {
  const value = new Date(textual(members, name));
  if (eventTimeMs(value) === undefined) throw new RangeError(`"${name}" of a stored event must be an ISO 8601 time.`);
  return value;
}
