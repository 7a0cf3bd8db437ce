import type { DeliveryEvidence } from "./delivery-evidence.ts";
import { type DeliveryViolation, printEvent, violation } from "./delivery-violation.ts";
import { isDone } from "./handling.ts";

/** Rule 6, for handlers: no event is handled to the end twice. */
export function* checkNoRepeats({ handlings, byId }: DeliveryEvidence): Generator<DeliveryViolation> {
  const done = handlings.filter(isDone).flatMap((handling) => handling.events.map(({ id }) => ({ id, handling })));
  for (const [id, times] of Map.groupBy(done, (each) => each.id)) {
    const event = byId.get(id);
    if (event === undefined || times.length < 2) continue;
    const what = `${printEvent(event)} was handled to its end ${times.length} times.`;
    yield violation({
      kind: "repeated-event",
      what,
      events: [event],
      handlings: times.map(({ handling }) => handling),
    });
  }
}

/** Rule 6, for effects: every event that was handled to the end has exactly one. */
export function* checkEffects(
  { log, handlings, doneAtNs }: DeliveryEvidence,
  effects: readonly string[],
): Generator<DeliveryViolation> {
  const counts = new Map<string, number>();
  for (const id of effects) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const event of log) {
    const count = counts.get(event.id) ?? 0;
    const isMissing = count === 0 && doneAtNs.has(event.id);
    if (count <= 1 && !isMissing) continue;
    const tries = handlings.filter(({ eventIds }) => eventIds.includes(event.id));
    const what = `${printEvent(event)} was handled to its end, and has ${count} effects.`;
    yield violation({
      kind: isMissing ? "missing-effect" : "repeated-effect",
      what,
      events: [event],
      handlings: tries,
    });
  }
}
