import { type AnyEvents, checkedName, type NewEvent, type StreamIdentifier } from "@eventfold/types";
import { type EntryEvents, NO_EVENTS, prepareEventsOf } from "./entry-events.ts";
import { type CommonMembers, commonMembers, type EventDefaults, type GivenEvents } from "./event-preparation.ts";
import type { EncodedEvent } from "./event-translation.ts";
import type { PublishRefusal } from "./fail-if.ts";
import { withKnownMembers } from "./known-members.ts";
import type { GivenEntry, LogPublishEntry } from "./publish-entry.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { PreparedEvent } from "./storage/prepared-event.ts";
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
  readonly translation?: SourceTranslation | undefined;
}

/** One entry of a publish, validated, its events ready to be stored. */
export interface PublishEntry {
  readonly category: string;
  readonly stream: string;
  readonly events: readonly PreparedEvent[];
  readonly condition: WriteCondition | undefined;
  /** How the source translates its events; `undefined`: they are stored as they were given. */
  readonly translation: SourceTranslation | undefined;
  /** What the translation has encoded the events to. */
  readonly encoded: readonly EncodedEvent[] | undefined;
}

const PUBLISH_REQUEST: ReadonlySet<string> = new Set(["events", "condition", "failIf"]);
const ENTRY_REQUEST: ReadonlySet<string> = new Set(["events", "condition"]);
/** The members of an entry. */
export const ENTRY: ReadonlySet<string> = new Set(["category", "stream", "events", "condition", "translation"]);

/** A request with any table of events, or from callers without a compiler: its events are checked one by one. */
type Given = Pick<GivenEntry, "events" | "condition">;

/** An entry whose parts have been checked, but for its events. */
interface DraftEntry extends GivenEvents {
  readonly category: string;
  readonly stream: string;
  readonly condition: WriteCondition | undefined;
  readonly translation: SourceTranslation | undefined;
}

/**
 * What to publish to a stream, or to check there, as an entry of a publish to several: frozen, and without members that are
 * absent.
 *
 * @throws `TypeError` for what is not a request.
 */
export function entryFor<TEvents extends object>(
  { category, stream, translation }: StreamIdentifier & { readonly translation: SourceTranslation | undefined },
  request: EntryRequest<TEvents>,
): LogPublishEntry<TEvents> {
  if (typeof request === "object" && request !== null && "failIf" in request)
    throw new TypeError("An entry takes no failIf: give it to the publish, `store.publish(entries, { failIf })`.");
  const { events, condition } = withKnownMembers("The request of an entry", request, ENTRY_REQUEST);
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
  { category, stream, translation }: StreamIdentifier & { readonly translation: SourceTranslation | undefined },
  request: Given,
  defaults: EventDefaults,
): readonly PublishEntry[] | Promise<readonly PublishEntry[]> {
  const common = commonMembers(defaults);
  const { events, condition } = withKnownMembers("A publish", request, PUBLISH_REQUEST);
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
  const { category, stream, events = [], condition, translation } = withKnownMembers("An entry", entry, ENTRY);
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
  const events = prepareEventsOf(drafts, common);
  return events instanceof Promise
    ? events.then((prepared) => drafts.map((draft, index) => preparedEntry(draft, prepared[index])))
    : drafts.map((draft, index) => preparedEntry(draft, events[index]));
}

function preparedEntry(
  { category, stream, condition, translation }: DraftEntry,
  { events, encoded }: EntryEvents = NO_EVENTS,
): PublishEntry {
  const checked = condition === undefined ? undefined : checkedCondition(condition);
  return { category, stream, events, condition: checked, translation, encoded };
}

function refuseStreamsNamedTwice(entries: readonly DraftEntry[]): void {
  const seen = new Set<string>();
  for (const { category, stream } of entries) {
    const key = JSON.stringify([category, stream]);
    if (seen.has(key)) throw new RangeError(`Stream ${key} appears twice in one publish. Join its entries.`);
    seen.add(key);
  }
}

function checkedEvents(events: readonly unknown[] | undefined): readonly unknown[] {
  if (Array.isArray(events)) return events;
  throw new TypeError(`The events of a publish must be an array, got ${events === null ? "null" : typeof events}.`);
}
