import type { JsonForm } from "@eventfold/store/adapter";
import { type StoredEvent, UnreadableEventError } from "@eventfold/types";
import type { EventToProtect, PayloadProtection, RevealedEvents } from "../payload-protection.ts";
import { hasProtectedMember } from "./protected-fields.ts";

/** What definitions without keys do: nothing that is protected gets in or out. */
export const withoutKeys: PayloadProtection = {
  protect(events: readonly EventToProtect[]): readonly JsonForm[] {
    return events.map((event) => {
      if (event.protect === undefined) return event.payload;
      throw new TypeError(
        `The event ${JSON.stringify(event.name)} has protected fields, and its definitions have no keys. Publish by definitions.withKeys(keyStore).`,
      );
    });
  },

  reveal(events: readonly StoredEvent[]): RevealedEvents {
    const index = events.findIndex(({ payload }) => hasProtectedMember(payload));
    const event = events[index];
    if (event === undefined) return { events };
    const reason =
      "it has protected fields, and its definitions have no keys. Read it by definitions.withKeys(keyStore)";
    return { events: events.slice(0, index), failure: { event, error: new UnreadableEventError({ event, reason }) } };
  },
};
