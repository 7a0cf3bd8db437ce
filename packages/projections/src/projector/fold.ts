import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import { UnhandledEventError } from "../errors/unhandled-event-error.ts";
import type { Projection } from "../projection.ts";
import { checkedProjectionName } from "../projection-names.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { frozen } from "./frozen.ts";

/** How far a fold has come. */
export interface Folded {
  readonly state: unknown;
  readonly metadata: unknown;
  readonly lastSequenceNumber: number;
}

/** What stands before any event. */
export function nothingFolded(definition: CheckedDefinition): Folded {
  const { name, initialState, metadata } = definition;
  return {
    state: result(name, "state", initialState()),
    metadata: metadata === undefined ? null : result(name, "metadata", metadata.initial()),
    lastSequenceNumber: 0,
  };
}

/** Whether there is a handler for an event. @throws `UnhandledEventError` where there must be one. */
export function isHandled({ name, handlers, ignoresUnhandled }: CheckedDefinition, event: StoredEvent): boolean {
  if (handlers.has(event.name)) return true;
  if (ignoresUnhandled) return false;
  throw new UnhandledEventError({ projector: name, event });
}

/** Folds one event in. One without handler is only counted as read. @throws `RangeError` when its number does not rise. */
export function foldedWith(definition: CheckedDefinition, folded: Folded, event: StoredEvent): Folded {
  const { name, handlers, metadata } = definition;
  const { sequenceNumber } = event;
  refuseFalling(name, folded.lastSequenceNumber, sequenceNumber);
  if (!isHandled(definition, event)) return { ...folded, lastSequenceNumber: sequenceNumber };
  const state = handlers.get(event.name)?.(folded.state, event);
  return {
    state: result(name, `handlers[${JSON.stringify(event.name)}]`, state),
    metadata: metadata === undefined ? null : result(name, "metadata.update", metadata.update(folded.metadata, event)),
    lastSequenceNumber: sequenceNumber,
  };
}

/** Those of some events that come after a sequence number. @throws `RangeError` when their numbers do not rise. */
export function eventsAfter(
  { name }: CheckedDefinition,
  lastSequenceNumber: number,
  events: readonly StoredEvent[],
): readonly StoredEvent[] {
  for (const [index, { sequenceNumber }] of events.entries()) {
    refuseFalling(name, events[index - 1]?.sequenceNumber ?? 0, sequenceNumber);
  }
  return events.filter(({ sequenceNumber }) => sequenceNumber > lastSequenceNumber);
}

/** A fold that left such an event out would be silently wrong. @throws `RangeError` when the second is not higher. */
export function refuseFalling(projector: string, before: number, sequenceNumber: number): void {
  if (sequenceNumber > before) return;
  throw new RangeError(
    `The projector ${JSON.stringify(projector)} folds events in order of sequence number, got ${sequenceNumber} after ${before}. Sort the events by sequence number, each once.`,
  );
}

/** A forgotten `return` or an `async` handler would otherwise be noticed only where the state is used, if at all. */
function result(projection: string, path: string, value: unknown): unknown {
  if (value === undefined) throw new InvalidProjectionError({ projection, path, reason: "it returned undefined" });
  if (typeof (value as { then?: unknown } | null)?.then === "function") {
    throw new InvalidProjectionError({ projection, path, reason: "it returned a promise; handlers are synchronous" });
  }
  return frozen(value);
}

/** The projection that a fold has come to. */
export function projectionOf(
  definition: CheckedDefinition,
  { source, key }: { readonly source: SourceIdentifier; readonly key?: string | undefined },
  folded: Folded,
): Projection {
  const { name, version } = definition;
  const id = key ?? definition.id?.(folded.state, source) ?? (source.kind === "stream" ? source.stream : undefined);
  return Object.freeze({
    id: checkedProjectionName("projection id", id),
    name,
    source,
    state: folded.state,
    metadata: folded.metadata,
    lastSequenceNumber: folded.lastSequenceNumber,
    projectorVersion: version,
  });
}
