import type { Removal, RemovalOutcome } from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import type { ProcessingCall } from "./processing-call.ts";
import { type StoredSession, sessionFrom } from "./stored-session.ts";

/** Removes a subscription. */
export function remove({ subscription, withParked }: Removal): ProcessingCall<RemovalOutcome> {
  return {
    routine: "remove",
    effect: "writes",
    values: [subscription, withParked],
    answer: ([row]) => removalOutcomeFrom(row ?? []),
  };
}

function removalOutcomeFrom([kind, busy, parked]: TextRow): RemovalOutcome {
  if (kind === "parked") return { kind, parked: Number(parked) };
  if (kind !== "busy") return { kind: "removed" };
  return { kind, sessions: (JSON.parse(busy ?? "[]") as readonly StoredSession[]).map(sessionFrom) };
}
