import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import type { Parkings } from "./parking.ts";

/** Rule 1: every event is handled to the end, parked or behind a parked one, and no others are handled. */
export function* checkHandled(
  { log, byId, handlings, doneAtNs }: DeliveryEvidence,
  parkings: Parkings,
  skips: boolean,
): Generator<DeliveryViolation> {
  const triesOf = Map.groupBy(
    handlings.flatMap((handling) => handling.eventIds.map((id) => ({ id, handling }))),
    ({ id }) => id,
  );
  for (const event of log) {
    if (doneAtNs.has(event.id) || parkings.passedOverSinceNs(event) !== undefined) continue;
    const tries = (triesOf.get(event.id) ?? []).map(({ handling }) => handling);
    if (skips && tries.some(({ end }) => end?.error !== undefined)) continue;
    const what = `${printEvent(event)} was ${tries.length === 0 ? "never handled" : "not handled to its end"}, and is not parked.`;
    yield violation({ kind: "lost-event", what, events: [event], handlings: tries });
  }
  for (const [id, tries] of triesOf) {
    if (byId.has(id)) continue;
    const what = `${id} was handled, and is not among the events that were to be handled.`;
    yield violation({
      kind: "unknown-event",
      what,
      events: [{ id }],
      handlings: tries.map(({ handling }) => handling),
    });
  }
}
