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
import type { EncodedEvent, EventToEncode, EventTranslation } from "./event-translation.ts";
import { isEventId } from "./event-id.ts";
import type { PublishRefusal } from "./fail-if.ts";
import type { GivenEntry, LogPublishEntry } from "./publish-entry.ts";
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

/** What to publish to one stream together with others, or only to check there. */
export type EntryRequest<TEvents extends object = AnyEvents> =
  | Pick<PublishRequest<TEvents>, "events" | "condition">
  | { readonly condition: WriteCondition; readonly events?: undefined };

/** What to publish to one stream of a category; or, without events, what to check there. */
export interface StreamPublishEntry<TEvents extends object = AnyEvents> {
  readonly stream: string;
  /** Default: none; the entry then only checks its condition. */
  readonly events?: readonly NewEvent<TEvents>[] | undefined;
  readonly condition?: WriteCondition | undefined;
  /** Entries that `EventStream.entry` made name it. Default: the category published to; no other is accepted. */
  readonly category?: string | undefined;
  /** What its events go through before they are stored. Default: what those of the category go through. */
  readonly translation?: EventTranslation | undefined;
}

/** One entry of a publish, validated, its events ready to be stored. */
export interface PublishEntry {
  readonly category: string;
  readonly stream: string;
  readonly events: readonly PreparedEvent[];
  readonly condition: WriteCondition | undefined;
  /** What its events went through, and what they were encoded to; `undefined`: they are stored as they were given. */
  readonly encoding: { readonly translation: EventTranslation; readonly events: readonly EncodedEvent[] } | undefined;
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
type Given = Pick<GivenEntry, "events" | "condition">;

/** An entry whose parts have been checked, but for its events. */
interface DraftEntry {
  readonly category: string;
  readonly stream: string;
  readonly condition: WriteCondition | undefined;
  readonly translation: EventTranslation | undefined;
  readonly given: readonly unknown[];
  /** Where the events are in what was given to the publish. */
  readonly path: ValuePath;
}

/**
 * What to publish to a stream, or to check there, as an entry of a publish to several: frozen, and without members that are
 * absent.
 *
 * @throws `TypeError` for what is not a request.
 */
export function entryFor<TEvents extends object>(
  { category, stream, translation }: StreamIdentifier & { readonly translation: EventTranslation | undefined },
  request: EntryRequest<TEvents>,
): LogPublishEntry<TEvents> {
  const { events, condition } = checkedObject(request, "The request of an entry");
  if ("failIf" in request)
    throw new TypeError("An entry takes no failIf: give it to the publish, `store.publish(entries, { failIf })`.");
  return Object.freeze({
    category,
    stream,
    ...(events && { events }),
    ...(condition && { condition }),
    ...(translation && { translation }),
  });
}

/**
 * Validates and prepares a publish to one stream.
 *
 * @throws `RangeError` when there are no events; `TypeError`, `InvalidEventError` and `InvalidNameError` for faults.
 */
export function prepareStreamEntry(
  { category, stream, translation }: StreamIdentifier & { readonly translation: EventTranslation | undefined },
  request: Given,
  defaults: EventDefaults,
): readonly PublishEntry[] | Promise<readonly PublishEntry[]> {
  const common = commonMembers(defaults);
  const { events, condition } = checkedObject(request, "A publish");
  const given = checkedEvents(events);
  if (given.length === 0) throw new RangeError("A publish needs at least one event.");
  return prepareDrafts([{ category, stream, condition, translation, given, path: ["events"] }], common);
}

/**
 * Validates and prepares a publish to several streams.
 *
 * @throws `RangeError` when there is no entry, one has neither events nor a condition, or a stream appears twice;
 * `TypeError`, `InvalidEventError` and `InvalidNameError` for other faults.
 */
export function prepareEntries(
  entries: readonly GivenEntry[],
  defaults: EventDefaults,
): readonly PublishEntry[] | Promise<readonly PublishEntry[]> {
  const common = commonMembers(defaults);
  if (!Array.isArray(entries))
    throw new TypeError("A publish to several streams must be an array of entries, one per stream.");
  if (entries.length === 0) throw new RangeError("A publish needs at least one entry.");
  const drafts = Array.from(entries, draftEntry);
  refuseStreamsNamedTwice(drafts);
  return prepareDrafts(drafts, common);
}

function draftEntry(entry: GivenEntry, index: number): DraftEntry {
  const { category, stream, events = [], condition, translation } = checkedObject(entry, "An entry");
  if (checkedEvents(events).length === 0 && condition === undefined) {
    throw new RangeError(`Entry ${index} has neither events nor a condition.`);
  }
  return {
    category: checkedName("category", category),
    stream: checkedName("stream", stream),
    condition,
    translation,
    given: events,
    path: [index, "events"],
  };
}

/** At once, unless a translation has to wait for something. */
function prepareDrafts(
  drafts: readonly DraftEntry[],
  common: CommonMembers,
): readonly PublishEntry[] | Promise<readonly PublishEntry[]> {
  if (drafts.some(({ translation }) => translation !== undefined)) return encodeDrafts(drafts, common);
  return drafts.map((draft) => preparedEntry(draft, prepareEvents(draft, common)));
}

/** Encodes the events, those of one translation all together, and prepares what they were encoded to. */
async function encodeDrafts(drafts: readonly DraftEntry[], common: CommonMembers): Promise<readonly PublishEntry[]> {
  const identified = drafts.map((draft) => ({ ...draft, given: identifiedEvents(draft, common) }));
  const encoded = new Map<DraftEntry, readonly EncodedEvent[]>();
  for (const [translation, own] of Map.groupBy(identified, (draft) => draft.translation)) {
    if (translation === undefined) continue;
    const events = [...(await translation.encode(own.flatMap(eventsToEncode)))];
    for (const draft of own) encoded.set(draft, events.splice(0, draft.given.length));
  }
  return identified.map((draft) => {
    const events = encoded.get(draft);
    const { translation } = draft;
    const encoding = translation && events && { translation, events };
    return preparedEntry(draft, prepareEvents(draft, common, events), encoding);
  });
}

/** Copies of the events given, with their ids: what they are encoded to may depend on these. */
function identifiedEvents({ given, path }: DraftEntry, { newId }: CommonMembers): readonly Partial<NewEvent>[] {
  return Array.from(given, (event, index) => {
    if (typeof event !== "object" || event === null) throw fault([...path, index], "an event must be an object");
    const { id }: Partial<NewEvent> = event;
    return { ...event, id: id === undefined ? newId() : idOf(id, memberPath(path, index)) };
  });
}

function eventsToEncode({
  given,
  path,
}: {
  readonly given: readonly Partial<NewEvent>[];
  readonly path: ValuePath;
}): readonly EventToEncode[] {
  return given.map(({ id = "", name, payload, version }, index) => {
    return { id, name, payload, version, at: memberPath(path, index) };
  });
}

function preparedEntry(
  { category, stream, condition }: DraftEntry,
  events: readonly PreparedEvent[],
  encoding?: PublishEntry["encoding"],
): PublishEntry {
  return {
    category,
    stream,
    events,
    condition: condition === undefined ? undefined : checkedCondition(condition),
    encoding,
  };
}

function refuseStreamsNamedTwice(entries: readonly DraftEntry[]): void {
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

/** The defaults of events: the same for all events of a publish, except for the ids and what they were encoded to. */
interface CommonMembers {
  readonly observedAt: Date;
  readonly newId: () => string;
  readonly metadata: JsonObject | undefined;
  /** What an event was encoded to, if it went through a translation. */
  readonly encoded?: EncodedEvent | undefined;
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

function prepareEvents(
  { given, path }: DraftEntry,
  common: CommonMembers,
  encoded?: readonly EncodedEvent[],
): PreparedEvent[] {
  const prepared: PreparedEvent[] = [];
  for (let index = 0; index < given.length; index++) {
    const members = encoded === undefined ? common : { ...common, encoded: encoded[index] };
    prepared.push(prepareEvent(given[index], memberPath(path, index), members));
  }
  return prepared;
}

function memberPath(path: ValuePath, index: number): MemberPath {
  return (member) => (member === undefined ? [...path, index] : [...path, index, member]);
}

function prepareEvent(given: unknown, at: MemberPath, common: CommonMembers): PreparedEvent {
  if (typeof given !== "object" || given === null) throw fault(at(), "an event must be an object");
  const event: Partial<NewEvent> = given;
  const { encoded } = common;
  const payload = encoded?.payload ?? jsonFormOf(event.payload, () => at("payload"));
  const metadata = metadataOf(event.metadata, at, common.metadata);
  const { observedAt = common.observedAt } = event;
  const observedAtMs = timeOf(observedAt, at, "observedAt");
  return {
    id: event.id === undefined ? common.newId() : idOf(event.id, at),
    name: checkedName("event", event.name),
    payload: payload.text,
    metadata: metadata.value === null ? null : metadata.text,
    parsed: { payload: payload.value, metadata: metadata.value },
    version: encoded?.version ?? versionOf(event.version, at),
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
