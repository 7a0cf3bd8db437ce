import { DefinedEvents } from "./defined-events.ts";
import type { EventDefinition } from "./event-definition.ts";
import type { CheckedDefinitions, DefinitionsOf } from "./event-definitions.ts";
import { namedMembers } from "./named-members.ts";
import { PayloadPipeline } from "./payload-pipeline.ts";
import { withoutKeys } from "./protection/without-keys.ts";

/**
 * Defines the events of a category, by name: each made by `event`. Names are compared exactly, as everywhere.
 *
 * @throws `TypeError` naming the event that is no definition; `InvalidNameError` (`INVALID_NAME`) for a name that no
 * event may have.
 *
 * @example
 * ```ts
 * const accountEvents = defineEvents({
 *   "account-opened": event({ schema: z.object({ owner: z.string(), openedAt: z.date() }), codecs: { openedAt: dateCodec } }),
 *   "money-deposited": event({ schema: z.object({ amount: z.number().int().positive() }) }),
 * });
 * const accounts = store.category("accounts", { events: accountEvents });
 * await accounts.stream("acc-1").publish({ events: [{ name: "money-deposited", payload: { amount: 5 } }] });
 * ```
 */
export function defineEvents<const TDefinitions extends { readonly [name: string]: object }>(
  definitions: TDefinitions & CheckedDefinitions<TDefinitions>,
): DefinitionsOf<TDefinitions>;
export function defineEvents(definitions: object): unknown {
  const members = namedMembers(definitions, "The definitions of events");
  const checked = new Map(members.map(([name, definition]) => [name, checkedDefinition(name, definition)]));
  const pipelines = new Map(Array.from(checked, ([name, definition]) => [name, new PayloadPipeline(definition)]));
  return new DefinedEvents({ definitions: checked, pipelines, readers: new Map(), protection: withoutKeys });
}

function checkedDefinition(name: string, given: unknown): EventDefinition<unknown, unknown> {
  const { kind } = (given ?? {}) as { readonly kind?: unknown };
  if (kind === "event-definition") return given as EventDefinition<unknown, unknown>;
  if (kind === "event-definition-without-upcaster") {
    throw new TypeError(`The event ${JSON.stringify(name)} has .from() without .upcast().`);
  }
  throw new TypeError(`The event ${JSON.stringify(name)} must be made by event({ schema }).`);
}
