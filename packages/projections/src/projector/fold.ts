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

/** Folds one event in, unless it was folded in before. One without handler is only counted as read. */
export function foldedWith(definition: CheckedDefinition, folded: Folded, event: StoredEvent): Folded {
  const { name, handlers, metadata } = definition;
  const { sequenceNumber } = event;
  if (sequenceNumber <= folded.lastSequenceNumber) return folded;
  if (!isHandled(definition, event)) return { ...folded, lastSequenceNumber: sequenceNumber };
  const state = handlers.get(event.name)?.(folded.state, event);
  return {
    state: result(name, `handlers[${JSON.stringify(event.name)}]`, state),
    metadata: metadata === undefined ? null : result(name, "metadata.update", metadata.update(folded.metadata, event)),
    lastSequenceNumber: sequenceNumber,
  };
}

/** A forgotten `return` and an `async` handler would otherwise be noticed only where the state is used, if at all. */
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
