import { isEventfoldError } from "@eventfold/types";
import { constraintOf, isConnectionLoss, sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";

/**
 * What to do when the statement of a flush failed, and with it every publish in it:
 *
 * - `again`: repeat it whole. A rival was in the way, or the connection was lost; ids make the repetition safe.
 * - `again-once`: repeat it whole on a connection that is opened for it. The server only reads, which the one that was the
 *   primary does after a failover; when the next one does too, it is so.
 * - `halve`: repeat it in halves, so that only the guilty publish fails.
 * - `halve-once`: in halves, but no further; it took too long.
 * - `reject`: no repetition helps.
 */
export type Recovery = "again" | "again-once" | "halve" | "halve-once" | "reject";

const AGAIN = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "55P03", // lock_not_available: the time to wait for the lock is over for some of the publishes, at least
]);

/** Chooses the {@link Recovery} from an untranslated error. */
export function recoveryFrom(error: unknown, { constraints }: Pick<LogNames, "constraints">): Recovery {
  if (isConnectionLoss(error) || isEventfoldError(error, "STORAGE_BUSY")) return "again";
  const sqlstate = sqlstateOf(error);
  if (sqlstate === undefined) return "halve"; // one publish has a value that the client cannot send.
  if (AGAIN.has(sqlstate)) return "again";
  if (sqlstate === "23505") {
    // A rival with the same ids, which the repetition will see.
    const constraint = constraintOf(error);
    return constraint === constraints.id || constraint === constraints.position ? "again" : "reject";
  }
  if (sqlstate === "25006") return "again-once";
  if (sqlstate === "57014") return "halve-once";
  return ["22", "23", "54"].includes(sqlstate.slice(0, 2)) ? "halve" : "reject";
}
