import type { AnyEvents, NewEvent, StoredEvent } from "@eventfold/types";
import type { PublishedEntries, PublishOutcome } from "./published-events.ts";
import type { SourceTranslation } from "./source-translation.ts";
import type { WriteCondition } from "./write-condition.ts";

/** An entry with events of any table. */
export interface GivenEntry {
  readonly category: string;
  readonly stream: string;
  readonly events?: readonly NewEvent[] | undefined;
  readonly condition?: WriteCondition | undefined;
  readonly translation?: SourceTranslation | undefined;
}

declare const stored: unique symbol;

/** An entry whose events the compiler has checked: {@link LogPublishEntry} is this over a table of events. */
export interface LogPublishEntryOf<out TNewEvent, out TStoredEvent> {
  readonly category: string;
  readonly stream: string;
  /** Default: none; the entry then only checks its condition. */
  readonly events?: readonly TNewEvent[] | undefined;
  readonly condition?: WriteCondition | undefined;
  /** What its events go through before they are stored. Default: nothing. */
  readonly translation?: SourceTranslation | undefined;
  /** Never present: it tells the compiler what the published events are when they are read. */
  readonly [stored]?: TStoredEvent;
}

/**
 * What to publish to one stream of any category; or, without events, what to check there. `EventStream.entry` makes one
 * that is checked against the table of the stream.
 */
export type LogPublishEntry<TEvents extends object = AnyEvents> = LogPublishEntryOf<
  NewEvent<TEvents>,
  StoredEvent<TEvents>
>;

/** Tells a reader of the compiler's message why an entry is refused. */
export interface RefusedEntry<TReason extends string> extends GivenEntry {
  readonly refusedBecause: TReason;
}

type IsChecked<TEntry> = typeof stored extends keyof TEntry ? true : false;

type HasChecked<TEntries extends readonly unknown[]> = true extends {
  readonly [I in keyof TEntries]: IsChecked<TEntries[I]>;
}[number]
  ? true
  : false;

type HasEvents<TEntry> = TEntry extends { readonly events?: infer TGiven }
  ? [TGiven] extends [undefined]
    ? false
    : true
  : false;

type BesideChecked<TEntry> =
  IsChecked<TEntry> extends true
    ? TEntry
    : HasEvents<TEntry> extends true
      ? RefusedEntry<"the compiler does not know the events of this category: make the entry by `stream.entry({ events })`">
      : GivenEntry;

/**
 * The entries of one publish. When the compiler knows the events of none of them, they are plain literals, of type `TPlain`.
 * When it knows those of one, made by `EventStream.entry`, it must know those of all: a plain literal may then only check a
 * condition.
 */
export type CheckedEntries<TEntries extends readonly GivenEntry[], TPlain = LogPublishEntry> =
  HasChecked<TEntries> extends true
    ? { readonly [I in keyof TEntries]: BesideChecked<TEntries[I]> }
    : readonly TPlain[];

type StoredOf<TEntry> = TEntry extends { readonly [stored]?: infer TStoredEvent } ? TStoredEvent : StoredEvent;

/** What is stored of the entries of one publish: for each, its events, as they are read. */
export type PublishedOf<TEntries extends readonly GivenEntry[]> =
  HasChecked<TEntries> extends true
    ? { readonly [I in keyof TEntries]: readonly StoredOf<TEntries[I]>[] } & PublishOutcome
    : PublishedEntries<AnyEvents>;
