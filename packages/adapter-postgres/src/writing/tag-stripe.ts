import { createHash } from "node:crypto";
import type { PreparedEvent } from "@eventfold/store/adapter";

/** Which of the server's 256 locks for tags is that of a tag; see `sql/events/0009-append-tagged/02-order-tagged.sql`. */
export function tagStripeOf(tag: string): number {
  return createHash("sha256").update(tag).digest()[0] ?? 0;
}

/** From the tags of events, one for each lock: whoever takes the locks of these has taken those of all. */
export function oneOfEachStripe(events: readonly PreparedEvent[]): readonly string[] {
  const tags = new Set(events.flatMap((event) => event.tags));
  return [...new Map([...tags].map((tag) => [tagStripeOf(tag), tag])).values()];
}
