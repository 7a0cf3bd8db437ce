import { eventIdFrom } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";

/**
 * An event id that is derived from a subscription, an event and a number, so it is the same in every try. The parts of one stored
 * event have its id in common, so later ones are told apart.
 */
export function derivedId(subscription: string, { id, part }: Pick<StoredEvent, "id" | "part">, n: number): string {
  return part === undefined || part === 0
    ? eventIdFrom(subscription, id, n)
    : eventIdFrom(subscription, id, "part", part, n);
}
