import type { ProcessingStatus } from "@eventfold/processing";
import { type DeliveryViolation, violation } from "./delivery-violation.ts";

/** Rule 8: every partition has a living owner. */
export function* checkEnd({ sessions, subscriptions }: ProcessingStatus): Generator<DeliveryViolation> {
  const living = new Set(sessions.map(({ id }) => id));
  for (const { name, status } of subscriptions) {
    for (const { partition, owner, token } of status) {
      if (owner !== undefined && living.has(owner)) continue;
      const who = owner === undefined ? "has no owner" : `belongs to the session ${owner}, which is not living`;
      const what = `partition ${partition} of ${JSON.stringify(name)} ${who} at the end; its token is ${token}.`;
      yield violation({ kind: "abandoned-partition", what });
    }
  }
}
