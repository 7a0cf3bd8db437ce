import type { StoredEvent } from "@eventfold/types";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import type { Projection } from "../projection.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { foldedIn, nothingFolded, placeOf, projectionOf } from "./fold.ts";
import { readWith, refuseFalling } from "./read-order.ts";
import type { UntypedOptions } from "./untyped-options.ts";
import { pagesOf, type UntypedSource } from "./untyped-source.ts";

/** Folds the events of a stream in the order in which they occurred, those of one moment in the order of the log. */
export async function projectOccurred(
  definition: CheckedDefinition,
  source: UntypedSource,
  options: UntypedOptions<Projection>,
): Promise<Projection> {
  refuseUnordered(definition, source, options);
  const { constraints = [], signal } = options;
  const target = { source: source.identifier };
  const events: StoredEvent[] = [];
  for await (const page of pagesOf(source, { constraints, signal })) {
    for (const event of page) {
      const before = events.at(-1);
      refuseFalling(definition.name, before === undefined ? { lastSequenceNumber: 0 } : readWith(before), event);
      events.push(event);
    }
  }
  const folded = events
    .toSorted((one, other) => one.occurredAt.getTime() - other.occurredAt.getTime()) // a stable sort
    .reduce((before, event) => foldedIn(definition, before, { event, ...target }), nothingFolded(definition));
  const latest = events.at(-1);
  const projection = projectionOf(definition, target, { ...folded, ...(latest && placeOf(latest, target)) });
  return Object.freeze({ ...projection, order: "occurred" });
}

/** Whether a source is to be folded in order of occurrence. @throws `TypeError` for another order. */
export function isOccurred({ order }: UntypedOptions<unknown>): boolean {
  if (order === undefined || order === "occurred") return order !== undefined;
  throw new TypeError(`"order" must be "occurred" or left out, got ${String(order)}.`);
}

/** Events that come later may have occurred before: nothing can go on from the middle. */
function refuseUnordered(
  definition: CheckedDefinition,
  { identifier }: UntypedSource,
  { from, snapshots }: UntypedOptions<unknown>,
): void {
  if (identifier.kind !== "stream") throw orderFault(definition, "only events of one stream are sorted by occurrence");
  if (from !== undefined)
    throw orderFault(definition, "a fold in order of occurrence starts with the first event: leave out from");
  if (snapshots !== undefined) {
    throw orderFault(definition, "a fold in order of occurrence starts with the first event: leave out snapshots");
  }
}

/** The error for an order that cannot be had. */
export function orderFault({ name }: Pick<CheckedDefinition, "name">, reason: string): InvalidProjectionError {
  return new InvalidProjectionError({ projection: name, path: "order", reason });
}
