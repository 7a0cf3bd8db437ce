import type { Clock, JsonObject, Logger } from "@eventfold/types";
import { type EventDefaults, isJsonObject } from "./event-preparation.ts";
import { jsonFormOf } from "./json-form.ts";
import type { PublishEntry, Published } from "./publishing.ts";
import type { EventStorage } from "./storage/event-storage.ts";
import type { EventStorageAdapter } from "./storage/event-storage-adapter.ts";

/** What a store hands to its streams, categories and log. */
export interface StoreContext {
  readonly adapter: EventStorageAdapter;
  /** What is read and written: the storage of the adapter, or of the transaction that the store is bound to. */
  readonly storage: EventStorage;
  /** Whether the store is bound to a transaction, which ends and so cannot be followed. */
  readonly isBound: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly metadata: () => JsonObject | undefined;
  /** Stores what was validated, together with what its inline hooks do. */
  readonly publishEntries: (entries: readonly PublishEntry[]) => Promise<Published>;
}

/** The defaults for the events of one publish: all of them get the same time and the same metadata. */
export function defaultsOf({ clock, newId, metadata }: StoreContext): EventDefaults {
  return { observedAt: clock.now(), newId, metadata: metadataDefaults(metadata()) };
}

/** @throws `InvalidEventError` for what JSON would change, `TypeError` for what is no object. */
function metadataDefaults(metadata: unknown): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const { value } = jsonFormOf(metadata, () => ["metadata"]);
  if (isJsonObject(value)) return value;
  throw new TypeError(`The metadata of a store is a JSON object, got ${JSON.stringify(value)}.`);
}
