import {
  type AnyEvents,
  type Clock,
  checkedName,
  eventTimeMs,
  InvalidEventError,
  type JsonObject,
  type JsonValue,
  type NewEvent,
  NO_TAGS,
  nameFault,
  parseJson,
  type StreamIdentifier,
  TAG_LIMIT,
} from "@eventfold/types";
import { isEventId } from "./event-id.ts";
import type { PublishRefusal } from "./fail-if.ts";
import { type JsonForm, jsonFormOf } from "./json-form.ts";
import type { PreparedEvent } from "./storage/prepared-event.ts";
import { printPath, type ValuePath } from "./value-path.ts";
import { checkedCondition, type WriteCondition } from "./write-condition.ts";

/** What to publish to one stream. */
export interface PublishRequest<TEvents extends object = AnyEvents> {
  /** At least one. They get the next positions of the stream, in this order. */
  readonly events: readonly NewEvent<TEvents>[];
  /** What must hold of the stream. Default: nothing. */
  readonly condition?: WriteCondition | undefined;
  /** What must not have been published, in whatever stream; see {@link PublishOptions.failIf}. Default: nothing. */
  readonly failIf?: PublishRefusal | undefined;
}

/** What to publish to one stream of a category; or, without events, what to check there. */
export interface StreamPublishEntry<TEvents extends object = AnyEvents> {
  readonly stream: string;
  /** Default: none; the entry then only checks its condition. */
  readonly events?: readonly NewEvent<TEvents>[] | undefined;
  readonly condition?: WriteCondition | undefined;
}

/** What to publish to one stream of any category; or, without events, what to check there. */
export interface LogPublishEntry<TEvents extends object = AnyEvents> extends StreamPublishEntry<TEvents> {
  readonly category: string;
}

/** One entry of a publish, validated, its events ready to be stored. */
export interface PublishEntry {
  readonly category: string;
  readonly stream: string;
  readonly events: readonly PreparedEvent[];
  readonly condition: WriteCondition | undefined;
}

/** Where events get their defaults from. */
export interface EventDefaults {
  readonly clock: Clock;
  /** Makes canonical ids only. */
  readonly newId: () => string;
  /** Merged under the metadata of each event. */
  readonly metadata: () => JsonObject | undefined;
}

/** A request with any table of events, or from callers without a compiler: its events are checked one by one. */
interface Given {
  readonly events?: readonly unknown[] | undefined;
  readonly condition?: WriteCondition | undefined;
}

interface GivenEntry extends Given {
  readonly category: string;
  readonly stream: string;
}

/**
 * Validates and prepares a publish to one stream.
 *
 * @throws `RangeError` when there are no events; `TypeError`, `InvalidEventError` and `InvalidNameError` for faults.
 */
export function prepareStreamEntry(
  { category, stream }: StreamIdentifier,
  request: Given,
  defaults: EventDefaults,
): PublishEntry {
  const common = commonMembers(defaults);
  const { events, condition } = checkedObject(request, "A publish");
  const given = checkedEvents(events);
  if (given.length === 0) throw new RangeError("A publish needs at least one event.");
  return {
    category,
    stream,
    events: prepareEvents(given, ["events"], common),
    condition: condition === undefined ? undefined : checkedCondition(condition),
  };
}

/**
 * Validates and prepares a publish to several streams.
 *
 * @throws `RangeError` when there is no entry, one has neither events nor a condition, or a stream appears twice;
 * `TypeError`, `InvalidEventError` and `InvalidNameError` for other faults.
 */
export function prepareEntries(entries: readonly GivenEntry[], defaults: EventDefaults): readonly PublishEntry[] {
  const common = commonMembers(defaults);
  if (!Array.isArray(entries))
    throw new TypeError("A publish to several streams must be an array of entries, one per stream.");
  if (entries.length === 0) throw new RangeError("A publish needs at least one entry.");
  const prepared = Array.from(entries, (entry, index) => prepareEntry(entry, index, common));
  refuseStreamsNamedTwice(prepared);
  return prepared;
}

function prepareEntry(entry: GivenEntry, index: number, common: CommonMembers): PublishEntry {
  const { category, stream, events = [], condition } = checkedObject(entry, "An entry");
  if (checkedEvents(events).length === 0 && condition === undefined) {
    throw new RangeError(`Entry ${index} has neither events nor a condition.`);
  }
  return {
    category: checkedName("category", category),
    stream: checkedName("stream", stream),
    events: prepareEvents(events, [index, "events"], common),
    condition: condition === undefined ? undefined : checkedCondition(condition),
  };
}

function refuseStreamsNamedTwice(entries: readonly PublishEntry[]): void {
  const seen = new Set<string>();
  for (const { category, stream } of entries) {
    const key = JSON.stringify([category, stream]);
    if (seen.has(key)) throw new RangeError(`Stream ${key} appears twice in one publish. Join its entries.`);
    seen.add(key);
  }
}

function checkedObject<T extends object>(value: T, what: string): T {
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError(`${what} must be an object, got ${value === null ? "null" : typeof value}.`);
}

function checkedEvents(events: readonly unknown[] | undefined): readonly unknown[] {
  if (Array.isArray(events)) return events;
  throw new TypeError(`The events of a publish must be an array, got ${events === null ? "null" : typeof events}.`);
}

/** The defaults of events: the same for all events of a publish, except for the ids. */
interface CommonMembers {
  readonly observedAt: Date;
  readonly newId: () => string;
  readonly metadata: JsonObject | undefined;
}

function commonMembers({ clock, newId, metadata }: EventDefaults): CommonMembers {
  return { observedAt: clock.now(), newId, metadata: checkedMetadata(metadata()) };
}

/** @throws `InvalidEventError` for what JSON would change, `TypeError` for what is not an object. */
function checkedMetadata(metadata: unknown): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const { value } = jsonFormOf(metadata, () => ["metadata"]);
  if (isJsonObject(value)) return value;
  throw new TypeError(`The metadata of a store must be a JSON object, got ${JSON.stringify(value)}.`);
}

/** Makes the path to a member of an event among what was given to a publish: only an error needs it. */
type MemberPath = (member?: string) => ValuePath;

/** The greatest version a payload may have: what every database holds as an integer. */
const VERSION_LIMIT = 2_147_483_647;

const NO_METADATA: JsonForm = { text: "null", value: null };

function prepareEvents(events: readonly unknown[], path: ValuePath, common: CommonMembers): PreparedEvent[] {
  const prepared: PreparedEvent[] = [];
  for (let index = 0; index < events.length; index++) {
    const at: MemberPath = (member) => (member === undefined ? [...path, index] : [...path, index, member]);
    prepared.push(prepareEvent(events[index], at, common));
  }
  return prepared;
}

function prepareEvent(given: unknown, at: MemberPath, common: CommonMembers): PreparedEvent {
  if (typeof given !== "object" || given === null) throw fault(at(), "an event must be an object");
  const event: Partial<NewEvent> = given;
  const payload = jsonFormOf(event.payload, () => at("payload"));
  const metadata = metadataOf(event.metadata, at, common.metadata);
  const { observedAt = common.observedAt } = event;
  const observedAtMs = timeOf(observedAt, at, "observedAt");
  return {
    id: event.id === undefined ? common.newId() : idOf(event.id, at),
    name: checkedName("event", event.name),
    payload: payload.text,
    metadata: metadata.value === null ? null : metadata.text,
    parsed: { payload: payload.value, metadata: metadata.value },
    version: versionOf(event.version, at),
    observedAtMs,
    occurredAtMs: event.occurredAt === undefined ? observedAtMs : timeOf(event.occurredAt, at, "occurredAt"),
    tags: event.tags === undefined ? NO_TAGS : tagsOf(event.tags, at),
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

function tagsOf(tags: unknown, at: MemberPath): readonly string[] {
  if (!Array.isArray(tags)) throw fault(at("tags"), "the tags of an event must be an array of strings");
  for (let index = 0; index < tags.length; index++) {
    const reason = nameFault("tag", tags[index]);
    if (reason !== undefined) throw fault([...at("tags"), index], reason);
  }
  const distinct = new Set<string>(tags);
  if (distinct.size <= TAG_LIMIT) return distinct.size === 0 ? NO_TAGS : Object.freeze([...distinct]);
  throw fault(at("tags"), `an event may have at most ${TAG_LIMIT} tags, but it has ${distinct.size}`);
}

/** The event's own members win; metadata that is not a plain object is used alone. */
function metadataOf(own: unknown, at: MemberPath, defaults: JsonObject | undefined): JsonForm {
  const form = own === undefined || own === null ? NO_METADATA : jsonFormOf(own, () => at("metadata"));
  if (defaults === undefined || (form.value !== null && !isJsonObject(form.value))) return form;
  const text = JSON.stringify({ ...defaults, ...form.value });
  return { text, value: parseJson(text) }; // a copy of its own: the defaults are those of other events too
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(path: ValuePath, reason: string): InvalidEventError {
  return new InvalidEventError({ path: printPath(path), reason });
}
