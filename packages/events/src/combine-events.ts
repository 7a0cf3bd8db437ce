import { type DefinitionParts, DefinedEvents } from "./defined-events.ts";
import type { EventDefinitions, EventDefinitionsWithoutKeys, EventsOf } from "./event-definitions.ts";

// biome-ignore lint/suspicious/noExplicitAny: definitions of any events must fit.
type AnyDefinitions = EventDefinitions<any> | EventDefinitionsWithoutKeys<any>;

type Combined<TAll extends readonly unknown[]> = TAll extends readonly [infer TFirst, ...infer TRest]
  ? EventsOf<TFirst> & Combined<TRest>
  : unknown;

/** One level of members, for messages that can be read. */
type CombinedTable<TAll extends readonly unknown[]> = {
  readonly [TName in keyof Combined<TAll>]: Combined<TAll>[TName];
};

type ClashOf<TAll extends readonly unknown[]> = TAll extends readonly [infer TFirst, ...infer TRest]
  ? (keyof EventsOf<TFirst> & keyof Combined<TRest> & string) | ClashOf<TRest>
  : never;

/** Tells a reader of the compiler's message why definitions cannot be combined. */
export interface RefusedCombination<TReason extends string> {
  readonly refusedBecause: TReason;
}

type CheckedCombination<TAll extends readonly unknown[]> = [ClashOf<TAll>] extends [never]
  ? unknown
  : RefusedCombination<`"${ClashOf<TAll>}" is defined by more than one of them`>;

/** Definitions of all events of several definitions. */
export type CombinedDefinitions<TAll extends readonly AnyDefinitions[]> = TAll[number] extends {
  readonly encode: (...given: never) => unknown;
}
  ? EventDefinitions<CombinedTable<TAll>>
  : EventDefinitionsWithoutKeys<CombinedTable<TAll>>;

/**
 * The definitions of several categories as one: for what reads them together, such as a follower of the log, a boundary or
 * a process manager. Names must be different: an event is recognised by its name, wherever it is.
 *
 * @throws `TypeError` when a name is defined twice, or an old name of one is defined by another; for what is not made by
 * `defineEvents`; and when some have keys already: call `withKeys` of what they are combined to.
 *
 * @example
 * ```ts
 * const events = combineEvents(orderEvents, paymentEvents);
 * for await (const event of store.log({ events, unknownEvents: "skip" }).follow({ signal })) handle(event);
 * ```
 */
export function combineEvents<const TAll extends readonly AnyDefinitions[]>(
  ...definitions: TAll & CheckedCombination<TAll>
): CombinedDefinitions<TAll>;
export function combineEvents(...definitions: readonly unknown[]): unknown {
  const parts = definitions.map((given) => {
    const own = DefinedEvents.partsOf(given);
    if (own !== undefined) return own;
    throw new TypeError("What is combined must be definitions, made by defineEvents.");
  });
  const [first] = parts;
  if (first === undefined) throw new TypeError("There is nothing to combine.");
  if (parts.some(({ protection }) => protection !== first.protection)) {
    throw new TypeError("Combine definitions before they have keys: combineEvents(…).withKeys(keyStore).");
  }
  return new DefinedEvents(combinedParts(first, parts));
}

function combinedParts({ protection }: DefinitionParts, parts: readonly DefinitionParts[]): DefinitionParts {
  refuseClashes(parts);
  return {
    definitions: new Map(parts.flatMap(({ definitions }) => [...definitions])),
    pipelines: new Map(parts.flatMap(({ pipelines }) => [...pipelines])),
    readers: new Map(parts.flatMap(({ readers }) => [...readers])),
    protection,
  };
}

function refuseClashes(parts: readonly DefinitionParts[]): void {
  const seen = new Set<string>();
  for (const name of parts.flatMap(({ pipelines, readers }) => [...pipelines.keys(), ...readers.keys()])) {
    if (seen.has(name)) throw new TypeError(`The event ${JSON.stringify(name)} is defined by more than one of them.`);
    seen.add(name);
  }
}
