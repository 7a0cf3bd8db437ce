import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import { msOf } from "./handling.ts";
import type { Parkings } from "./parking.ts";

/** Rule 7: an event is parked after it failed, and then handled only by a replay. */
export function* checkParking(
  { parks, handlings, byId }: DeliveryEvidence,
  parkings: Parkings,
  replays: boolean,
): Generator<DeliveryViolation> {
  for (const { eventId, node, partition, token, sentAtNs } of parks) {
    const event = byId.get(eventId);
    const tries = handlings.filter(({ eventIds }) => eventIds.includes(eventId));
    const hasFailed = tries.some(
      ({ end, ...own }) => own.node === node && end?.error !== undefined && end.atNs <= sentAtNs,
    );
    if (event === undefined || hasFailed) continue;
    const what = `${printEvent(event)} was parked by ${node} in partition ${partition} with token ${token} at ${msOf(sentAtNs)}, where it had not failed.`;
    yield violation({ kind: "parked-untried", what, events: [event], handlings: tries });
  }
  if (replays) return;
  for (const handling of handlings) {
    const events = handling.events.filter((event) => parkings.isParked(event, handling));
    if (events.length === 0) continue;
    const what = `${events.map(printEvent).join(", ")} was handled again, though it is parked and nobody replays it.`;
    yield violation({ kind: "handled-while-parked", what, events, handlings: [handling] });
  }
}
