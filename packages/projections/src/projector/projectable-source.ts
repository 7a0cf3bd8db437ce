import type { SourceConstraint, StreamConstraint } from "@eventfold/store";
import type { EventName, SourceIdentifier, StoredEvent } from "@eventfold/types";
import type { ProjectorSource, UnhandledEventPolicy } from "./projector-definition.ts";

/** What a projector needs of a source: every `EventSource` has it. */
export interface ProjectableSource {
  readonly identifier: SourceIdentifier;
  /** As `EventSource.scan`. */
  scan(options?: never): AsyncIterable<{ readonly name: string }>;
  /** As `EventSource.pages`. A source that has it is read by it, and is not scanned. Optional. */
  pages?(options?: never): AsyncIterable<readonly { readonly name: string }[]>;
}

/** The events that a source yields. */
export type EventOfSource<TGiven> = TGiven extends { scan(...options: never[]): AsyncIterable<infer TEvent> }
  ? TEvent
  : never;

/** The constraints that a source of this kind takes: positions belong to streams. */
export type ConstraintOf<TSource extends ProjectorSource> = TSource extends "stream"
  ? StreamConstraint
  : SourceConstraint;

/** Tells a reader of the compiler's message why a source does not fit. */
export interface RefusedSource<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** An event that the compiler knows by any name has to be narrowed to a table first. */
type FitsTable<TEvent, TEvents extends object, TUnhandled extends UnhandledEventPolicy> =
  string extends EventName<TEvents>
    ? true
    : TUnhandled extends "ignore"
      ? string extends (TEvent & { readonly name: string })["name"]
        ? false
        : [Extract<TEvent, { readonly name: EventName<TEvents> }>] extends [StoredEvent<TEvents>]
          ? true
          : false
      : [TEvent] extends [StoredEvent<TEvents>]
        ? true
        : false;

/** A source that a projector can read: of the right kind, with no events but those it is made for. */
export type AcceptedSource<
  TGiven extends ProjectableSource,
  TEvents extends object,
  TSource extends ProjectorSource,
  TUnhandled extends UnhandledEventPolicy,
> = [Extract<TGiven["identifier"], { readonly kind: TSource }>] extends [never]
  ? RefusedSource<"the projector reads another kind of source">
  : FitsTable<EventOfSource<TGiven>, TEvents, TUnhandled> extends true
    ? TGiven
    : RefusedSource<"the events of the source are not those that the projector is made for">;
