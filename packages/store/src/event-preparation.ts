import {
  type Clock,
  checkedName,
  eventTimeMs,
  InvalidEventError,
  type JsonObject,
  type NewEvent,
  NO_TAGS,
  nameFault,
  parseJson,
  TAG_LIMIT,
} from "@eventfold/types";
import { isEventId } from "./event-id.ts";
import type { EncodedEvent, EventToEncode } from "./event-translation.ts";
import { type JsonForm, jsonFormOf } from "./json-form.ts";
import { checkedMetadata, withMetadataDefaults } from "./metadata.ts";
import { type PreparedEvent, VERSION_LIMIT } from "./storage/prepared-event.ts";
import { printPath, type ValuePath } from "./value-path.ts";

/** Where events get their defaults from. */
export interface EventDefaults {
  readonly clock: Clock;
  /** Makes canonical ids only. */
  readonly newId: () => string;
  /** Merged under the metadata of each event. */
  readonly metadata: () => JsonObject | undefined;
}

/** Events as they were given to a publish. */
export interface GivenEvents {
  /** Not checked. */
  readonly given: readonly unknown[];
  /** Where they are in what was given to the publish. */
  readonly path: ValuePath;
}

/** The defaults of events: the same for all events of a publish, except for the ids. */
export interface CommonMembers {
  readonly observedAt: Date;
  readonly newId: () => string;
  readonly metadata: JsonObject | undefined;
}

/**
 * The defaults of the events of one publish.
 *
 * @throws `InvalidEventError` or `TypeError` for metadata of the store that is not a JSON object.
 */
export function commonMembers({ clock, newId, metadata }: EventDefaults): CommonMembers {
  return { observedAt: clock.now(), newId, metadata: checkedMetadata("a store", metadata()) };
}

/** Makes the path to a member of an event among what was given to a publish: only an error needs it. */
type MemberPath = (member?: string) => ValuePath;

const NO_METADATA: JsonForm = { text: "null", value: null };

/** An event that is to go through a translation. It has its id already: what it is encoded to may depend on that. */
export interface EventDraft extends EventToEncode {
  /** As it was given. */
  readonly event: Partial<NewEvent>;
}

/**
 * Gives events their ids.
 *
 * @throws `InvalidEventError` for what is not an event, and for an id that is none.
 */
export function eventDrafts({ given, path }: GivenEvents, { newId }: CommonMembers): EventDraft[] {
  return Array.from(given, (each, index) => {
    const at = memberPath(path, index);
    const event = checkedEvent(each, at);
    const { id, name, payload, version } = event;
    return { id: id === undefined ? newId() : idOf(id, at), name, payload, version, at, event };
  });
}

/** The same drafts, whose events the caller can no longer change. */
export function copiesOf(drafts: readonly EventDraft[]): EventDraft[] {
  return drafts.map((draft) => ({ ...draft, event: copyOf(draft) }));
}

/** The payload is encoded already. What cannot be copied is refused when the copy is prepared. */
function copyOf({ event, at }: EventDraft): Partial<NewEvent> {
  const { tags, metadata, occurredAt, observedAt } = event;
  return {
    ...event,
    tags: Array.isArray(tags) ? [...tags] : tags,
    metadata: copyOfMetadata(metadata, at),
    occurredAt: copyOfTime(occurredAt),
    observedAt: copyOfTime(observedAt),
  };
}

function copyOfMetadata(metadata: unknown, at: MemberPath): unknown {
  try {
    return metadata === undefined ? undefined : jsonFormOf(metadata, () => at("metadata")).value;
  } catch {
    return metadata;
  }
}

function copyOfTime(time: Date | undefined): Date | undefined {
  const timeMs = eventTimeMs(time);
  return timeMs === undefined ? time : new Date(timeMs);
}

/**
 * Validates events, and prepares them to be stored.
 *
 * @throws `InvalidEventError` and `InvalidNameError` for faults.
 */
export function prepareEvents({ given, path }: GivenEvents, common: CommonMembers): readonly PreparedEvent[] {
  const prepared: PreparedEvent[] = [];
  for (let index = 0; index < given.length; index++) {
    const at = memberPath(path, index);
    prepared.push(prepareEvent({ event: checkedEvent(given[index], at), at }, common));
  }
  return prepared;
}

/**
 * Validates what was not encoded of events, and prepares them to be stored.
 *
 * @throws `InvalidEventError` for faults.
 */
export function prepareEncoded(
  drafts: readonly EventDraft[],
  encoded: readonly EncodedEvent[],
  common: CommonMembers,
): readonly PreparedEvent[] {
  return drafts.map(({ event, at, id }, index) => prepareEvent({ event, at, id, encoded: encoded[index] }, common));
}

function memberPath(path: ValuePath, index: number): MemberPath {
  return (member) => (member === undefined ? [...path, index] : [...path, index, member]);
}

function checkedEvent(given: unknown, at: MemberPath): Partial<NewEvent> {
  if (typeof given === "object" && given !== null) return given;
  throw fault(at(), "an event must be an object");
}

/** What an event is prepared from. */
interface EventParts {
  readonly event: Partial<NewEvent>;
  readonly at: MemberPath;
  /** Absent: its own, or a new one. */
  readonly id?: string;
  /** What it was encoded to; absent: it is stored as it was given. */
  readonly encoded?: EncodedEvent | undefined;
}

function prepareEvent({ event, at, id, encoded }: EventParts, common: CommonMembers): PreparedEvent {
  const payload = encoded?.payload ?? jsonFormOf(event.payload, () => at("payload"));
  const metadata = metadataOf(event.metadata, at, common.metadata);
  const { observedAt = common.observedAt } = event;
  const observedAtMs = timeOf(observedAt, at, "observedAt");
  return {
    id: id ?? (event.id === undefined ? common.newId() : idOf(event.id, at)),
    name: checkedName("event", event.name),
    payload: payload.text,
    metadata: metadata.value === null ? null : metadata.text,
    parsed: { payload: payload.value, metadata: metadata.value },
    version: encoded?.version ?? versionOf(event.version, at),
    observedAtMs,
    occurredAtMs: event.occurredAt === undefined ? observedAtMs : timeOf(event.occurredAt, at, "occurredAt"),
    tags: tagsOf(event.tags, encoded?.tags, at),
  };
}

function idOf(id: unknown, at: MemberPath): string {
  if (isEventId(id)) return id;
  throw fault(at("id"), "an id must be a canonical lower-case UUID");
}

function timeOf(time: unknown, at: MemberPath, member: string): number {
  const timeMs = eventTimeMs(time);
  if (timeMs === undefined) throw fault(at(member), "a time must be a valid Date in the years 1 to 9999");
  return timeMs;
}

function versionOf(version: unknown, at: MemberPath): number {
  if (version === undefined) return 1;
  if (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= VERSION_LIMIT) {
    return version as number;
  }
  throw fault(at("version"), `a version must be an integer from 1 to ${VERSION_LIMIT}`);
}

function tagsOf(own: unknown, added: readonly string[] | undefined, at: MemberPath): readonly string[] {
  if (added === undefined) return own === undefined ? NO_TAGS : checkedTags(own, at);
  const given = own === undefined ? NO_TAGS : checkedTags(own, at);
  const all = new Set([...given, ...added]);
  if (all.size <= TAG_LIMIT) return checkedTags([...all], at);
  const reason = `an event may have at most ${TAG_LIMIT} tags, but it has ${given.length}, and its definition adds ${added.map((tag) => JSON.stringify(tag)).join(", ")}`;
  throw fault(at("tags"), reason);
}

function checkedTags(tags: unknown, at: MemberPath): readonly string[] {
  if (!Array.isArray(tags)) throw fault(at("tags"), "the tags of an event must be an array of strings");
  for (let index = 0; index < tags.length; index++) {
    const reason = nameFault("tag", tags[index]);
    if (reason !== undefined) throw fault([...at("tags"), index], reason);
  }
  const distinct = new Set<string>(tags);
  if (distinct.size <= TAG_LIMIT) return distinct.size === 0 ? NO_TAGS : Object.freeze([...distinct]);
  throw fault(at("tags"), `an event may have at most ${TAG_LIMIT} tags, but it has ${distinct.size}`);
}

function metadataOf(own: unknown, at: MemberPath, defaults: JsonObject | undefined): JsonForm {
  const form = own === undefined || own === null ? NO_METADATA : jsonFormOf(own, () => at("metadata"));
  const merged = withMetadataDefaults(form.value, defaults);
  if (merged === form.value) return form;
  const text = JSON.stringify(merged);
  return { text, value: parseJson(text) }; // a copy of its own: the defaults are those of other events too
}

function fault(path: ValuePath, reason: string): InvalidEventError {
  return new InvalidEventError({ path: printPath(path), reason });
}
