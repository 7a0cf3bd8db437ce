import type { EventTranslation } from "@eventfold/store";
import type {
  EventName,
  EventShape,
  Jsonify,
  NewEventOf,
  PublishedPayload,
  ReadPayload,
  StoredEvent,
  StoredEventOf,
} from "@eventfold/types";
import type { EventDefinition } from "./event-definition.ts";
import type { EventJsonSchemas, JsonSchemaOptions } from "./event-json-schemas.ts";
import type { KeyStore } from "./keys/key-store.ts";

// biome-ignore lint/suspicious/noExplicitAny: any definition must fit, whatever its payloads are.
type AnyDefinition = EventDefinition<any, any>;

/** Definitions as `defineEvents` gives them: those with protected fields need keys before anything is published or read by them. */
export type DefinitionsOf<TDefinitions> = true extends {
  [TName in keyof TDefinitions]: TDefinitions[TName] extends { readonly protection: undefined } ? false : true;
}[keyof TDefinitions]
  ? EventDefinitionsWithoutKeys<TableOf<TDefinitions>>
  : EventDefinitions<TableOf<TDefinitions>>;

/** The table of the events that are defined, by name. */
export type TableOf<TDefinitions> = {
  readonly [TName in keyof TDefinitions & string]: TDefinitions[TName] extends EventDefinition<
    infer TInput,
    infer TRead
  >
    ? EventShape<TInput, TRead>
    : never;
};

/** Definitions as `defineEvents` takes them: what is none of them is refused with a sentence. */
export type CheckedDefinitions<TDefinitions> = {
  readonly [TName in keyof TDefinitions]: TDefinitions[TName] extends AnyDefinition
    ? TDefinitions[TName]
    : TDefinitions[TName] extends { readonly kind: "event-definition-without-upcaster" }
      ? "call .upcast() after .from(): nothing says how the older version is read today"
      : "make it by event({ schema })";
};

/** An event that an old one is read as: its name, and its payload as it is read. */
export type ReadEvent<TEvents extends object> = {
  [TName in EventName<TEvents>]: { readonly name: TName; readonly payload: ReadPayload<TEvents[TName]> };
}[EventName<TEvents>];

/** For each old name: what one of its events is read as. */
export type OldEventReaders<TOld extends object, TEvents extends object> = {
  readonly [TName in keyof TOld & string]: TName extends EventName<TEvents>
    ? "it is defined already: say by .from() and .upcast() how older versions of it are read"
    : (event: StoredEventOf<TName, Jsonify<TOld[TName]>>) => readonly ReadEvent<TEvents>[];
};

/** What all definitions of events have, with keys and without. */
interface DefinedTable<TEvents extends object> {
  readonly kind: "event-definitions";

  /** Never present: the table of the events, for the compiler. */
  readonly "~events"?: TEvents | undefined;

  /** The names that may be published, in the order in which they were defined. */
  readonly names: readonly EventName<TEvents>[];

  /**
   * An event to publish, whose payload is checked against its definition by the compiler, and when it is published.
   *
   * @throws `InvalidEventError` (`INVALID_EVENT`) for a name that is not defined.
   *
   * @example
   * ```ts
   * await stream.publish({ events: [accountEvents.create("money-deposited", { amount: 5 })] });
   * ```
   */
  create<TName extends EventName<TEvents>>(
    name: TName,
    payload: PublishedPayload<TEvents[TName]>,
  ): NewEventOf<TName, PublishedPayload<TEvents[TName]>>;

  /**
   * The JSON Schemas of the events, for documentation, in the order of {@link EventDefinitions.names}: where the validator
   * offers them, as zod and arktype do.
   *
   * @throws what the validator throws for a schema or a dialect that it cannot express.
   *
   * @example
   * ```ts
   * for (const { name, published } of accountEvents.jsonSchemas()) console.log(name, JSON.stringify(published));
   * ```
   */
  jsonSchemas(options?: JsonSchemaOptions): readonly EventJsonSchemas[];

  /**
   * These definitions, which encrypt and decrypt protected fields with the keys of a key store.
   *
   * @returns new definitions; these stay as they are.
   * @throws `TypeError` for what is not a key store.
   *
   * @example
   * ```ts
   * const users = store.category("users", { events: userEvents.withKeys(keyStore) });
   * ```
   */
  withKeys(keyStore: KeyStore): EventDefinitions<TEvents>;
}

/**
 * The events of a source: made by `defineEvents`, and given to `store.category(name, { events })`. Everything else
 * infers its types from it.
 */
export interface EventDefinitions<TEvents extends object> extends DefinedTable<TEvents>, EventTranslation<TEvents> {
  /**
   * These definitions, which read events under names that are no longer written as well: as one of today's events, as
   * several, or as none. The type argument is a table of the old names, with the payloads that were stored.
   *
   * @returns new definitions; these stay as they are.
   * @throws `TypeError` for a name that is defined already, and for what is not a function.
   *
   * @example
   * ```ts
   * const events = defineEvents({ "money-deposited": event({ schema }) }).reading<{ deposited: { euros: number } }>({
   *   deposited: ({ payload }) => [{ name: "money-deposited", payload: { amount: payload.euros } }],
   * });
   * ```
   */
  reading<TOld extends object>(old: OldEventReaders<TOld, TEvents>): EventDefinitions<TEvents>;

  /**
   * Whether an event is one of those that are defined: for sources that pass what is not defined.
   *
   * @example
   * ```ts
   * const log = store.log({ events: accountEvents, unknownEvents: "pass" });
   * for await (const event of log) if (accountEvents.isDefined(event)) console.log(event.payload);
   * ```
   */
  isDefined<TEvent extends { readonly name: string }>(
    event: TEvent,
  ): event is Extract<TEvent, { readonly name: EventName<TEvents> }>;

  /**
   * What stored events are read as, for code that gets them as they are stored, such as an inline hook.
   *
   * @throws as a read of a source with these definitions does, in the same cases.
   *
   * @example
   * ```ts
   * const audit: InlineHook = { needsOrder: "stream", run: async ({ events }) => record(await accountEvents.read(events)) };
   * ```
   */
  read(events: readonly StoredEvent[]): Promise<readonly StoredEvent<TEvents>[]>;
}

/** Tells a reader of the compiler's message why definitions are refused. */
export interface RefusedDefinitions<TReason extends string> {
  readonly refusedBecause: TReason;
}

/** The members by which a source would know definitions. */
type MembersOfTranslation = Exclude<keyof EventTranslation, "~events">;

/**
 * Definitions with protected fields, before they have keys: give them to a source by
 * {@link EventDefinitionsWithoutKeys.withKeys}. Without that they do not compile there, for a reason that the compiler prints.
 */
export interface EventDefinitionsWithoutKeys<TEvents extends object>
  extends DefinedTable<TEvents>,
    Readonly<
      Record<
        MembersOfTranslation,
        RefusedDefinitions<"they have protected fields, and no keys: give definitions.withKeys(keyStore)">
      >
    > {
  /** As {@link EventDefinitions.reading}. */
  reading<TOld extends object>(old: OldEventReaders<TOld, TEvents>): EventDefinitionsWithoutKeys<TEvents>;
}

/**
 * The table of events of definitions, for annotations.
 *
 * @example
 * ```ts
 * type AccountEvent = StoredEvent<EventsOf<typeof accountEvents>>;
 * ```
 */
export type EventsOf<TDefinitions> = TDefinitions extends { readonly "~events"?: infer TEvents }
  ? Extract<TEvents, object>
  : never;
