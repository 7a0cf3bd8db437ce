import { isEventfoldError } from "@eventfold/types";
import { DatabaseError } from "pg";

/** The SQLSTATE of an error that the server reported; `undefined` for every other error. */
export function sqlstateOf(error: unknown): string | undefined {
  // Another copy of the driver has another class, so its shape counts too.
  if (error instanceof DatabaseError || (error instanceof Error && "severity" in error && "code" in error)) {
    return typeof error.code === "string" ? error.code : undefined;
  }
  return undefined;
}

/** The constraint that a server's error names, if it names one. */
export function constraintOf(error: unknown): string | undefined {
  return error instanceof Error && "constraint" in error && typeof error.constraint === "string"
    ? error.constraint
    : undefined;
}

const LOST = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "53300", // too_many_connections
]);

/**
 * Whether an error says that there is no connection, or no more: the server refused or ended it, the network failed, or
 * the driver gave it up. Those of the driver have no code; a fault in how the driver was called is a `TypeError` or
 * `RangeError`.
 */
export function isConnectionLoss(error: unknown): boolean {
  const sqlstate = sqlstateOf(error);
  if (isEventfoldError(error)) return false;
  if (sqlstate !== undefined) return sqlstate.startsWith("08") || LOST.has(sqlstate);
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
}
