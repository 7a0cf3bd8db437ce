import type { Clock, JsonObject, Logger } from "@eventfold/types";
import type { EventDefaults } from "./event-preparation.ts";
import type { InlinePublishing } from "./inline-publishing.ts";
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
  return { observedAt: clock.now(), newId, metadata: metadata() };
}
