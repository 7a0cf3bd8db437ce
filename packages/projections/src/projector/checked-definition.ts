import type { EventTranslation, SourceOptions } from "@eventfold/store";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import { checkedProjectionName, checkedProjectorVersion } from "../projection-names.ts";
import type { ProjectorSource } from "./projector-definition.ts";

type Handler = (state: unknown, event: StoredEvent, key: string | undefined) => unknown;
type Merge = (into: unknown, from: unknown) => unknown;

/** A definition whose types the compiler has checked, without them: what the machinery works with. */
export interface CheckedDefinition {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  readonly initialState: () => unknown;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly ignoresUnhandled: boolean;
  /** How the sources are read that it is made for; `undefined`: as they are. */
  readonly reading: SourceOptions | undefined;
  readonly metadata:
    | {
        readonly initial: () => unknown;
        readonly update: (metadata: unknown, event: StoredEvent) => unknown;
        readonly merge: Merge | undefined;
      }
    | undefined;
  readonly id: ((state: unknown, source: SourceIdentifier) => string) | undefined;
  /** Not checked: what it returns may be anything. */
  readonly key: ((event: StoredEvent) => unknown) | undefined;
  readonly merge: Merge | undefined;
}

/** A definition from a caller without a compiler. */
export type GivenDefinition = { readonly [Member in keyof CheckedDefinition]?: unknown } & {
  readonly onUnhandledEvent?: unknown;
  readonly events?: unknown;
};

/** @throws `TypeError`, `RangeError` or `InvalidNameError` for what is not a definition of a projector. */
export function checkedDefinition(given: GivenDefinition): CheckedDefinition {
  const { source = "stream", version = 1, metadata, onUnhandledEvent = "fail" } = given;
  const checked: CheckedDefinition = {
    name: checkedProjectionName("projection", given.name),
    version: checkedProjectorVersion(version),
    source: oneOf("source", source, ["stream", "category", "log"]),
    initialState: functionIn(given, "initialState"),
    handlers: checkedHandlers(given.handlers),
    ignoresUnhandled: oneOf("onUnhandledEvent", onUnhandledEvent, ["fail", "ignore"]) === "ignore",
    reading: given.events === undefined ? undefined : checkedReading(given.events, onUnhandledEvent),
    metadata: metadata === undefined ? undefined : checkedMetadata(metadata),
    id: given.id === undefined ? undefined : functionIn(given, "id"),
    key: given.key === undefined ? undefined : functionIn(given, "key"),
    merge: given.merge === undefined ? undefined : functionIn(given, "merge"),
  };
  refuseUnclearIds(checked);
  refuseUnclearMerge(checked);
  return Object.freeze(checked);
}

function refuseUnclearIds({ source, id, key }: CheckedDefinition): void {
  if (id !== undefined && key !== undefined) throw new TypeError("A projector can have an id or a key, not both.");
  if (source === "stream" && key !== undefined) {
    throw new TypeError('A projector with a key reads a category or the log: set source: "category" or "log".');
  }
  if (source !== "stream" && id === undefined && key === undefined) {
    throw new TypeError(`A projector over a ${source} needs an id or a key.`);
  }
}

function refuseUnclearMerge({ key, merge, metadata }: CheckedDefinition): void {
  if (merge === undefined) return;
  if (key === undefined)
    throw new TypeError("A projector with merge needs a key: it merges the projections of two keys.");
  if (metadata !== undefined && metadata.merge === undefined) {
    throw new TypeError(
      "A projector with merge needs metadata.merge too, or the metadata of what is merged would be lost.",
    );
  }
}

/** What is not handled need not be defined either. */
function checkedReading(events: unknown, onUnhandledEvent: unknown): SourceOptions {
  const { encode, decode } = (events ?? {}) as Partial<EventTranslation>;
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw new TypeError("The events of a projector must be definitions, made by defineEvents.");
  }
  return Object.freeze({
    events: events as EventTranslation,
    unknownEvents: onUnhandledEvent === "ignore" ? "skip" : "fail",
  });
}

function checkedHandlers(handlers: unknown): ReadonlyMap<string, Handler> {
  if (typeof handlers !== "object" || handlers === null)
    throw new TypeError("The handlers of a projector must be an object.");
  const names = Object.keys(handlers).filter((name) => Reflect.get(handlers, name) !== undefined);
  return new Map(names.map((name) => [name, functionIn<Handler>(handlers, name)]));
}

function checkedMetadata(metadata: unknown): CheckedDefinition["metadata"] {
  if (typeof metadata !== "object" || metadata === null) {
    throw new TypeError("The metadata of a projector must be { initial, update }.");
  }
  const hasMerge = Reflect.get(metadata, "merge") !== undefined;
  return {
    initial: functionIn(metadata, "initial"),
    update: functionIn(metadata, "update"),
    merge: hasMerge ? functionIn(metadata, "merge") : undefined,
  };
}

function functionIn<T extends (...args: never[]) => unknown>(holder: object, name: string): T {
  const value: unknown = Reflect.get(holder, name);
  if (typeof value === "function") return value as T;
  throw new TypeError(`"${name}" of a projector must be a function, got ${value === null ? "null" : typeof value}.`);
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new TypeError(`"${name}" of a projector must be one of ${choices.join(", ")}, got ${String(value)}.`);
}
