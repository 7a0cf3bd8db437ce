import { type AnyEvents, checkedName, type NewEvent } from "@eventfold/types";
import { type EventDefaults, prepareEvents } from "./event-preparation.ts";
import type { PublishEntry } from "./publishing.ts";
import { checkedCondition, type WriteCondition } from "./write-condition.ts";

/** What to publish to one stream. */
export interface PublishRequest<TEvents extends object = AnyEvents> {
  /** At least one. They get the next positions of the stream, in this order. */
  readonly events: readonly NewEvent<TEvents>[];
  /** What must hold of the stream. Default: nothing. */
  readonly condition?: WriteCondition | undefined;
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

/** A request of any table of events, and of callers without a compiler: its events are checked one by one. */
interface Given {
  readonly events?: readonly unknown[] | undefined;
  readonly condition?: WriteCondition | undefined;
}

interface GivenEntry extends Given {
  readonly category: string;
  readonly stream: string;
}

/** @throws `RangeError` when there are no events; `TypeError`, `InvalidEventError` and `InvalidNameError` for faults. */
export function streamEntry(
  names: { readonly category: string; readonly stream: string },
  request: Given,
  defaults: EventDefaults,
): PublishEntry {
  const { events, condition } = checkedObject(request, "A publish");
  const given = checkedEvents(events);
  if (given.length === 0) throw new RangeError("A publish has at least one event.");
  return {
    category: names.category,
    stream: names.stream,
    events: prepareEvents(given, ["events"], defaults),
    condition: condition === undefined ? undefined : checkedCondition(condition),
  };
}

/**
 * @throws `RangeError` when there is no entry, one asks for nothing, or a stream is named twice; `TypeError`,
 * `InvalidEventError` and `InvalidNameError` for other faults.
 */
export function logEntries(entries: readonly GivenEntry[], defaults: EventDefaults): readonly PublishEntry[] {
  if (!Array.isArray(entries)) throw new TypeError("What to publish is an array of entries, one per stream.");
  if (entries.length === 0) throw new RangeError("A publish has at least one entry.");
  const prepared = Array.from(entries, (entry, index) => logEntry(entry, index, defaults));
  refuseStreamsNamedTwice(prepared);
  return prepared;
}

function logEntry(entry: GivenEntry, index: number, defaults: EventDefaults): PublishEntry {
  const { category, stream, events = [], condition } = checkedObject(entry, "An entry");
  if (checkedEvents(events).length === 0 && condition === undefined) {
    throw new RangeError(`Entry ${index} has neither events nor a condition.`);
  }
  return {
    category: checkedName("category", category),
    stream: checkedName("stream", stream),
    events: prepareEvents(events, [index, "events"], defaults),
    condition: condition === undefined ? undefined : checkedCondition(condition),
  };
}

function refuseStreamsNamedTwice(entries: readonly PublishEntry[]): void {
  const seen = new Set<string>();
  for (const { category, stream } of entries) {
    const key = JSON.stringify([category, stream]);
    if (seen.has(key)) throw new RangeError(`Stream ${key} stands twice in one publish. Join its entries.`);
    seen.add(key);
  }
}

function checkedObject<T extends object>(value: T, what: string): T {
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError(`${what} is an object, got ${value === null ? "null" : typeof value}.`);
}

function checkedEvents(events: readonly unknown[] | undefined): readonly unknown[] {
  if (Array.isArray(events)) return events;
  throw new TypeError(`The events of a publish are an array, got ${events === null ? "null" : typeof events}.`);
}
