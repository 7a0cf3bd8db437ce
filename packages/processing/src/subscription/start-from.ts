import { observedAfter } from "@eventfold/store";
import { eventTimeMs } from "@eventfold/types";
import type { Checkpoint } from "../storage/checkpoint.ts";
import { checkedInteger } from "./checked-integer.ts";
import { firstLocation } from "./first-location.ts";
import { asStored, type SubscribableSource } from "./subscribable-source.ts";

/**
 * Where a subscription that is not stored yet begins.
 *
 * - `"beginning"`: with the first event.
 * - `"end"`: with what is published from now on: after the horizon of its source.
 * - `{ sequenceNumber }`: with the event of this number, 1 or more, or the next one that there is.
 * - `{ observedAt }`: with the first event, in log order, that was observed at this time or later.
 */
export type StartFrom = "beginning" | "end" | { readonly sequenceNumber: number } | { readonly observedAt: Date };

/** @throws `TypeError` or `RangeError` for anything else. */
export function checkedStartFrom(startFrom: StartFrom): StartFrom {
  if (startFrom === "beginning" || startFrom === "end") return startFrom;
  if (typeof startFrom === "object" && startFrom !== null && "sequenceNumber" in startFrom) {
    const range = { from: 1, to: Number.MAX_SAFE_INTEGER };
    return Object.freeze({
      sequenceNumber: checkedInteger("startFrom.sequenceNumber", startFrom.sequenceNumber, range),
    });
  }
  const timeMs = eventTimeMs(startFrom?.observedAt);
  if (timeMs !== undefined) return Object.freeze({ observedAt: new Date(timeMs) });
  throw new TypeError('startFrom must be "beginning", "end", { sequenceNumber } or { observedAt } with a valid Date.');
}

/** The checkpoint that a subscription begins with. */
export async function startingCheckpoint(source: SubscribableSource, startFrom: StartFrom): Promise<Checkpoint> {
  return { sequenceNumber: await numberBefore(source, startFrom), eventId: undefined };
}

async function numberBefore(source: SubscribableSource, startFrom: StartFrom): Promise<number> {
  if (startFrom === "beginning") return 0;
  if (startFrom === "end") return source.horizon();
  if ("sequenceNumber" in startFrom) return startFrom.sequenceNumber - 1;
  const end = await source.horizon(); // before the scan, which may find an event that was published meanwhile
  const before = new Date(startFrom.observedAt.getTime() - 1);
  const constraints = eventTimeMs(before) === undefined ? [] : [observedAfter(before)];
  const first = await firstLocation(asStored(source).scan({ constraints, limit: 1 }));
  return first === undefined ? end : first.sequenceNumber - 1;
}
