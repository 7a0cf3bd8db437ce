import {
  EARLIEST_EVENT_TIME_MS,
  InvalidEventError,
  type JsonValue,
  LATEST_EVENT_TIME_MS,
  NO_TAGS,
  parseJson,
  storedNameFault,
  TAG_LIMIT,
} from "@eventfold/types";
import { isEventId } from "../event-id.ts";
import { JSON_DEPTH_LIMIT, jsonFormOf } from "../json-form.ts";
import { GREATEST_POSITION } from "../storage/allowed-positions.ts";
import { VERSION_LIMIT } from "../storage/prepared-event.ts";
import { RESTORE_LIMIT_NUMBER } from "../storage/restore-batch.ts";
import type { EventText } from "../storage/stored-event-text.ts";
import { endOfWrittenJson } from "../written-json.ts";

/** How {@link checkedEventText} treats JSON text. */
export interface CheckedEventTextOptions {
  /**
   * Text that reads as something else than it says, or that the library would write otherwise (`1.0`, `1e400`, a name
   * twice), is replaced by what JSON writes for what it is read as, which is `null` for `1e400`. Default: `false`, it is refused.
   */
  readonly asRead?: boolean | undefined;
}

/**
 * An event from outside that is to be restored, checked as the store checks what is published: whatever is in a log, a publish
 * could have put there. Categories that begin with `$` are allowed. Members that an event does not have are left out.
 *
 * @throws `InvalidEventError` (`INVALID_EVENT`) with the path of the first fault, such as `payload.items[3]`.
 *
 * @example
 * ```ts
 * const events = page.map((event) => checkedEventText(event));
 * await target.restore({ newest, events });
 * ```
 */
export function checkedEventText(event: unknown, { asRead = false }: CheckedEventTextOptions = {}): EventText {
  if (typeof event !== "object" || event === null) throw fault("event", "it must be an object");
  const members = event as Readonly<Record<keyof EventText, unknown>>;
  return {
    id: isEventId(members.id) ? members.id : refuse("id", "it must be a canonical lower-case UUID"),
    name: nameOf("event", "name", members.name),
    category: nameOf("category", "category", members.category),
    stream: nameOf("stream", "stream", members.stream),
    position: integerOf("position", members.position, POSITIONS),
    sequenceNumber: integerOf("sequenceNumber", members.sequenceNumber, NUMBERS),
    version: integerOf("version", members.version, VERSIONS),
    observedAtMs: integerOf("observedAtMs", members.observedAtMs, TIMES),
    occurredAtMs: integerOf("occurredAtMs", members.occurredAtMs, TIMES),
    tags: tagsOf(members.tags),
    payload: textOf("payload", members.payload, asRead),
    metadata: metadataOf(members.metadata, asRead),
  };
}

function nameOf(kind: "event" | "category" | "stream", member: string, name: unknown): string {
  const reason = storedNameFault(kind, name);
  if (reason !== undefined) throw fault(member, reason);
  return name as string;
}

/** The integers that a member may be, both ends inclusive. */
interface Range {
  readonly least: number;
  readonly greatest: number;
}

const POSITIONS: Range = { least: 0, greatest: GREATEST_POSITION };
const NUMBERS: Range = { least: 1, greatest: RESTORE_LIMIT_NUMBER };
const VERSIONS: Range = { least: 1, greatest: VERSION_LIMIT };
const TIMES: Range = { least: EARLIEST_EVENT_TIME_MS, greatest: LATEST_EVENT_TIME_MS };

function integerOf(member: string, value: unknown, { least, greatest }: Range): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= greatest) {
    return value === 0 ? 0 : (value as number); // not -0
  }
  throw fault(member, `it must be an integer from ${least} to ${greatest}`);
}

function tagsOf(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) throw fault("tags", "they must be an array of strings");
  if (tags.length === 0) return NO_TAGS;
  if (tags.length > TAG_LIMIT)
    throw fault("tags", `an event may have at most ${TAG_LIMIT} tags, but it has ${tags.length}`);
  for (let index = 0; index < tags.length; index++) {
    const reason = storedNameFault("tag", tags[index]);
    if (reason !== undefined) throw fault(`tags[${index}]`, reason);
  }
  if (new Set(tags).size < tags.length) throw fault("tags", "a tag is there twice");
  return Object.freeze([...tags]);
}

function metadataOf(text: unknown, asRead: boolean): string | null {
  if (text === null) return null;
  const checked = textOf("metadata", text, asRead);
  if (checked !== "null") return checked;
  return asRead ? null : refuse("metadata", "an event without metadata must have null, not a text");
}

function textOf(member: "payload" | "metadata", text: unknown, asRead: boolean): string {
  if (typeof text !== "string") throw fault(member, "it must be JSON text");
  if (endOfWrittenJson(text, 0) === text.length) return text;
  const value = parsed(member, text);
  if (!needsCare(text) && JSON.stringify(value) === text) return text;
  const { text: written } = jsonFormOf(asRead ? withoutInfinity(value) : value, () => [member]);
  if (written === text || asRead) return written;
  throw fault(
    member,
    "it reads as something that is written otherwise, as numbers such as 1.0 do, or a name that is there twice",
  );
}

/**
 * Whether a text that `JSON.stringify` writes may still hold what no publish stores: too many levels, which take as many characters,
 * or a character that has to be escaped. Only then it is looked at value by value, which takes twice as long.
 */
function needsCare(text: string): boolean {
  return text.length > 2 * JSON_DEPTH_LIMIT || text.includes("\\u");
}

/** What JSON writes for numbers that are too large to be read: null. Levels beyond the limit are left for the one who refuses them. */
function withoutInfinity(value: JsonValue, levels = JSON_DEPTH_LIMIT): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null || levels === 0) return value;
  if (Array.isArray(value)) return value.map((item) => withoutInfinity(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutInfinity(item, levels - 1)]));
}

function parsed(member: string, text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new InvalidEventError({ path: member, reason: "it is not JSON", cause });
  }
}

function refuse(member: string, reason: string): never {
  throw fault(member, reason);
}

function fault(path: string, reason: string): InvalidEventError {
  return new InvalidEventError({ path, reason });
}
