import { isUnawaited, type SourceIdentifier, type StoredEvent } from "@eventfold/types";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import { UnhandledEventError } from "../errors/unhandled-event-error.ts";
import type { Projection } from "../projection.ts";
import { checkedProjectionName } from "../projection-names.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { frozen } from "./frozen.ts";
import { isMove, isRemoval, targetOf } from "./outcome.ts";
import { type ReadUpTo, readWith, refuseFalling } from "./read-order.ts";

/** What is folded: a source, or what belongs to one key of it. */
export interface FoldTarget {
  readonly source: SourceIdentifier;
  readonly key?: string | undefined;
}

/** How far a fold has come. */
export interface Folded extends ReadUpTo {
  readonly state: unknown;
  readonly metadata: unknown;
  /** In a stream, once an event was read. */
  readonly lastPosition: number | undefined;
  /** The id that the projection had when an event removed it; `undefined` while it is not removed. */
  readonly removedId: string | undefined;
}

/** What there is before any event. */
export function nothingFolded(definition: CheckedDefinition): Folded {
  const { name, initialState, metadata } = definition;
  return {
    state: result(name, () => "state", initialState()),
    metadata: metadata === undefined ? null : result(name, () => "metadata", metadata.initial()),
    lastSequenceNumber: 0,
    lastPosition: undefined,
    removedId: undefined,
  };
}

/** Whether there is a handler for an event. @throws `UnhandledEventError` where there must be one. */
export function isHandled({ name, handlers, ignoresUnhandled }: CheckedDefinition, event: StoredEvent): boolean {
  if (handlers.has(event.name)) return true;
  if (ignoresUnhandled) return false;
  throw new UnhandledEventError({ projector: name, event });
}

/** Folds one event in. One without handler is only counted as read. @throws `RangeError` when it does not come after what was read. */
export function foldedWith(
  definition: CheckedDefinition,
  folded: Folded,
  step: FoldTarget & { readonly event: StoredEvent },
): Folded {
  refuseFalling(definition.name, folded, step.event);
  return foldedIn(definition, folded, step);
}

/** Folds one event in, whatever its place. */
export function foldedIn(
  definition: CheckedDefinition,
  folded: Folded,
  step: FoldTarget & { readonly event: StoredEvent },
): Folded {
  const { event } = step;
  const place = placeOf(event, step);
  if (!isHandled(definition, event)) return { ...folded, ...place };
  const outcome = outcomeOf(definition, folded, step);
  switch (outcome.kind) {
    case "kept": {
      const { state, metadata, removedId } = outcome.kept;
      const { lastSequenceNumber, lastPart, lastPosition } = place; // spreading both took a quarter of the fold
      return { state, metadata, removedId, lastSequenceNumber, lastPart, lastPosition };
    }
    case "removed":
      return removed(definition, { ...folded, ...place }, step);
    case "moved":
      throw invalid(definition, event, "it returned moveTo(…), for which a projector needs a key and merge");
  }
}

/** How far a fold has come after reading an event. */
export function placeOf(
  event: StoredEvent,
  { source }: FoldTarget,
): Pick<Folded, "lastSequenceNumber" | "lastPart" | "lastPosition"> {
  const { lastSequenceNumber, lastPart } = readWith(event);
  return { lastSequenceNumber, lastPart, lastPosition: source.kind === "stream" ? event.position : undefined };
}

/** What a handler makes of a projection. */
export type Outcome =
  | { readonly kind: "kept"; readonly kept: Pick<Folded, "state" | "metadata" | "removedId"> }
  | { readonly kind: "removed" }
  | { readonly kind: "moved"; readonly to: unknown };

/** Calls the handler of an event. */
export function outcomeOf(
  { name, handlers, metadata }: CheckedDefinition,
  folded: Folded,
  { event, key }: { readonly event: StoredEvent; readonly key?: string | undefined },
): Outcome {
  const returned = handlers.get(event.name)?.(folded.state, event, key);
  if (isRemoval(returned)) return { kind: "removed" };
  if (isMove(returned)) return { kind: "moved", to: targetOf(returned) };
  const state = result(name, () => handlerPath(event), returned);
  const updated = metadata && result(name, () => "metadata.update", metadata.update(folded.metadata, event));
  return { kind: "kept", kept: { state, metadata: updated ?? null, removedId: undefined } };
}

/** A fold whose projection an event has removed: later events begin with the initial state. */
export function removed(definition: CheckedDefinition, folded: Folded, target: FoldTarget): Folded {
  const { state, metadata } = nothingFolded(definition);
  return { ...folded, state, metadata, removedId: idOf(definition, folded, target) };
}

/** The error for what a handler returned. */
export function invalid({ name }: CheckedDefinition, event: StoredEvent, reason: string): InvalidProjectionError {
  return new InvalidProjectionError({ projection: name, path: handlerPath(event), reason });
}

function handlerPath({ name }: StoredEvent): string {
  return `handlers[${JSON.stringify(name)}]`;
}

/** The events of a list that come after a sequence number. @throws `RangeError` when they do not rise. */
export function eventsAfter(
  { name }: CheckedDefinition,
  lastSequenceNumber: number,
  events: readonly StoredEvent[],
): readonly StoredEvent[] {
  refuseUnordered(name, events);
  return events.filter(({ sequenceNumber }) => sequenceNumber > lastSequenceNumber);
}

function refuseUnordered(name: string, events: readonly StoredEvent[]): void {
  let before: ReadUpTo = { lastSequenceNumber: 0 };
  for (const event of events) {
    refuseFalling(name, before, event);
    before = readWith(event);
  }
}

/** A forgotten `return` or an `async` handler would otherwise be noticed only where the state is used, if at all. */
export function result(projection: string, path: () => string, value: unknown): unknown {
  if (value === undefined)
    throw new InvalidProjectionError({ projection, path: path(), reason: "it returned undefined" });
  if (isUnawaited(value)) {
    const reason = "it returned a promise; handlers are synchronous";
    throw new InvalidProjectionError({ projection, path: path(), reason });
  }
  return frozen(value);
}

/** The projection that a fold has come to. */
export function projectionOf(definition: CheckedDefinition, target: FoldTarget, folded: Folded): Projection {
  const { name, version } = definition;
  const { state, metadata, lastSequenceNumber, lastPosition, removedId } = folded;
  return Object.freeze({
    id: idOf(definition, folded, target),
    name,
    source: target.source,
    state,
    metadata,
    lastSequenceNumber,
    ...(lastPosition !== undefined && { lastPosition }),
    ...(removedId !== undefined && { isRemoved: true }),
    projectorVersion: version,
  });
}

function idOf(definition: CheckedDefinition, { state, removedId }: Folded, { source, key }: FoldTarget): string {
  const ofStream = source.kind === "stream" ? source.stream : undefined;
  return checkedProjectionName("projection id", removedId ?? key ?? definition.id?.(state, source) ?? ofStream);
}
