import type { AnyEvents, HasDefinedEvents, StoredEvent } from "@eventfold/types";
import type { DecodedEvents, EventTranslation, UnknownEventPolicy } from "./event-translation.ts";
import { memberNames, withKnownMembers } from "./known-members.ts";
import { type EventQueryItem, matchesAny } from "./storage/event-query-item.ts";
import type { ScanBounds } from "./storage/event-storage.ts";

/** What the events of a source are, besides its name. */
export interface SourceOptions<
  TEvents extends object = AnyEvents,
  TUnknown extends UnknownEventPolicy = UnknownEventPolicy,
> {
  /**
   * The definitions of its events, as `defineEvents` of `@eventfold/events` makes them: what is published is validated
   * and encoded by them, and what is read is brought to today's shapes. Default: events are published and read as they
   * are.
   */
  readonly events?: EventTranslation<TEvents> | undefined;
  /**
   * What becomes of stored events whose name is not defined: `"fail"` rejects the read, `"skip"` leaves them out, and
   * `"pass"` yields them as they are stored; `isDefined` of the definitions tells them apart. Default: `"fail"`.
   * Publishing them is refused in any case.
   */
  readonly unknownEvents?: TUnknown | undefined;
}

/** What the events of a source are that has definitions. */
export interface DefinedSourceOptions<
  TEvents extends object = AnyEvents,
  TUnknown extends UnknownEventPolicy = UnknownEventPolicy,
> extends SourceOptions<TEvents, TUnknown> {
  readonly events: EventTranslation<TEvents>;
}

/** Tells a reader of the compiler's message why a table of events is refused. */
export interface RefusedTable<TReason extends string> {
  readonly refusedBecause: TReason;
}

/**
 * `T`, for a table of name → payload. The table of definitions alone would let events be published without them: neither validated
 * nor encoded, and with protected fields in clear.
 */
export type WithPlainTable<TEvents, T> =
  HasDefinedEvents<TEvents> extends true
    ? RefusedTable<"its events are defined: give the definitions as `events`, instead of their table as a type argument">
    : T;

/** How a source translates its events. */
export interface SourceTranslation {
  readonly events: EventTranslation;
  readonly unknownEvents: UnknownEventPolicy;
}

const POLICIES: readonly unknown[] = ["fail", "skip", "pass"] satisfies UnknownEventPolicy[];

const SOURCE_OPTIONS = memberNames<SourceOptions>({ events: true, unknownEvents: true });

/**
 * The translation that options ask for, if any. The compiler has checked its table of events, which nothing needs from
 * here on.
 *
 * @throws `TypeError` for options that are not valid.
 */
export function sourceTranslation<TEvents extends object>(
  options: SourceOptions<TEvents> = {},
): SourceTranslation | undefined {
  const { events, unknownEvents = "fail" } = withKnownMembers("The options of a source", options, SOURCE_OPTIONS);
  if (events === undefined) {
    if (options.unknownEvents === undefined) return undefined;
    throw new TypeError("Without definitions no event is unknown: give `unknownEvents` together with `events`.");
  }
  if (typeof events?.encode !== "function" || typeof events.decode !== "function") {
    throw new TypeError("The events of a source must be definitions, made by defineEvents.");
  }
  if (POLICIES.includes(unknownEvents)) return { events: events as EventTranslation, unknownEvents };
  throw new TypeError(`unknownEvents must be "fail", "skip" or "pass", got ${JSON.stringify(unknownEvents)}.`);
}

/** The part of the bounds of a scan that is about what an event is, and so changes by the translation. */
export type AskedFor = Pick<ScanBounds, "names" | "matching">;

/**
 * The bounds within which the stored events lie that may be read as events within the bounds given.
 *
 * @throws `TypeError` for a name that nothing is read as.
 */
export function storedBounds(translation: SourceTranslation, bounds: ScanBounds): ScanBounds {
  const { names, matching } = bounds;
  if (names === undefined && matching === undefined) return bounds;
  const { events, unknownEvents } = translation;
  return {
    ...bounds,
    ...(names && { names: events.storedNames(names, unknownEvents) }),
    ...(matching && { matching: storedItems(translation, matching) }),
  };
}

/**
 * The items that the stored events match which may be read as events that match the items given.
 *
 * @throws `TypeError` for a name that nothing is read as.
 */
export function storedItems(
  { events, unknownEvents }: SourceTranslation,
  items: readonly EventQueryItem[],
): readonly EventQueryItem[] {
  return items.map((item) =>
    item.names === undefined ? item : { ...item, names: events.storedNames(item.names, unknownEvents) },
  );
}

/** What a page of stored events is read as, as far as it is asked for. */
export async function decodedPage(
  { events, unknownEvents }: SourceTranslation,
  page: readonly StoredEvent[],
  { names, matching }: AskedFor,
): Promise<DecodedEvents> {
  const decoding = events.decode(page, unknownEvents);
  const decoded = decoding instanceof Promise ? await decoding : decoding;
  if (names === undefined && matching === undefined) return decoded;
  const isAskedFor = (event: StoredEvent) =>
    (names === undefined || names.includes(event.name)) && (matching === undefined || matchesAny(matching, event));
  return { ...decoded, events: decoded.events.filter(isAskedFor) };
}
