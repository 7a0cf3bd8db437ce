import type { AnyEvents, EventName, EventShape, JsonValue, StoredEvent } from "@eventfold/types";
import type { JsonForm } from "./json-form.ts";
import type { ValuePath } from "./value-path.ts";

/**
 * What a source does with stored events whose name its translation does not know: `"fail"` rejects, `"skip"` leaves
 * them out, `"pass"` yields them as they are stored.
 */
export type UnknownEventPolicy = "fail" | "skip" | "pass";

declare const unknownName: unique symbol;

/** The name of an event that is not defined: any string, but none that the compiler knows. */
export type UnknownEventName = string & { readonly [unknownName]: true };

/** In a table of events: those that are not defined. They are read as they are stored, and cannot be published. */
export interface UnknownEvents {
  readonly [name: UnknownEventName]: EventShape<never, JsonValue>;
}

/** The table of what a source with definitions yields: with `"pass"` events that are not defined too. */
export type ReadTable<TEvents extends object, TUnknown extends UnknownEventPolicy> =
  string extends EventName<TEvents> ? TEvents : "pass" extends TUnknown ? TEvents & UnknownEvents : TEvents;

/** An event of a publish that is to be translated. Its id and times are known already. */
export interface EventToEncode {
  readonly id: string;
  /** Not checked. */
  readonly name: unknown;
  /** As it was given. */
  readonly payload: unknown;
  /** The version that the caller gave, if any. Not checked. */
  readonly version: unknown;
  /** Makes the path to the event, or to a member of it, in what was given to the publish: only an error needs it. */
  readonly at: (member?: string) => ValuePath;
}

/** What is stored of an event, and what is returned to its publisher. */
export interface EncodedEvent {
  readonly version: number;
  /** What is stored as its payload. */
  readonly payload: JsonForm;
  /** The payload as a reader gets it; absent where that is what the stored JSON parses to. */
  readonly read?: { readonly payload: unknown } | undefined;
  /** Tags that are stored with the event, besides its own. Default: none. */
  readonly tags?: readonly string[] | undefined;
}

/** What stored events are read as. */
export interface DecodedEvents {
  /**
   * What they are read as, in their order. A stored event may be read as one event, as several, which have its
   * sequence number and count up `part` from 0, or as none.
   */
  readonly events: readonly StoredEvent[];
  /**
   * The first stored event that cannot be read, and why: neither it nor what follows is among `events`. Absent: all
   * were read.
   */
  readonly failure?: { readonly event: StoredEvent; readonly error: unknown } | undefined;
}

/**
 * Stands between those who publish to and read from a source and what is stored: `defineEvents` of `@eventfold/events`
 * makes one. A source that has one applies it to everything that is published to it and read from it.
 *
 * The methods answer at once where they can, so that a page costs no more than it must.
 */
export interface EventTranslation<TEvents extends object = AnyEvents> {
  /** Never present: the table of the events, for the compiler. */
  readonly "~events"?: TEvents | undefined;

  /**
   * The stored names of the events that may be read under these names: themselves, and others that are read as them.
   *
   * @throws `TypeError` for a name that nothing is read as.
   */
  storedNames(names: readonly string[], unknownEvents: UnknownEventPolicy): readonly string[];

  /**
   * Whether a stored event may be read as none, so that the newest event which is read may lie before the newest which is
   * stored.
   */
  mayReadAsNone(unknownEvents: UnknownEventPolicy): boolean;

  /**
   * What is stored for the events of one publish, in their order. It is called once per publish, before any I/O of the
   * store, with all events that go through this translation.
   *
   * @throws or rejects when one cannot be stored: nothing is stored then.
   */
  encode(events: readonly EventToEncode[]): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]>;

  /**
   * What a page of stored events is read as. It is called once per page, and must not change the events given.
   *
   * It rejects only when the page cannot be read at all for now; an event that cannot be read is a `failure`.
   */
  decode(events: readonly StoredEvent[], unknownEvents: UnknownEventPolicy): DecodedEvents | Promise<DecodedEvents>;
}
