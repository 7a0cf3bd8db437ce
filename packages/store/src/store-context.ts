import type { Clock, JsonObject, Logger } from "@eventfold/types";
import { type EventDefaults, isJsonObject } from "./event-preparation.ts";
import type { InlinePublishing } from "./inline-publishing.ts";
import { jsonFormOf } from "./json-form.ts";
import type { EventStorage } from "./storage/event-storage.ts";

/** What a store hands to its streams, categories and log. */
export interface StoreContext {
  readonly storage: EventStorage;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId: () => string;
  readonly metadata: () => JsonObject | undefined;
  /** `undefined` when nothing runs in the transaction of a publish, which then needs none. */
  readonly inline: InlinePublishing | undefined;
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
