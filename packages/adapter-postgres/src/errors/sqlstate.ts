import { types } from "node:util";
import { isEventfoldError } from "@eventfold/types";

// All errors are recognised by shape: another copy of the driver has classes of its own, and so has each realm that a test runner makes.

/** The SQLSTATE of an error that the server reported; `undefined` for every other error. */
export function sqlstateOf(error: unknown): string | undefined {
  return textIn(error, "severity") === undefined ? undefined : textIn(error, "code");
}

/** The constraint that a server's error names, if it names one. */
export function constraintOf(error: unknown): string | undefined {
  return textIn(error, "constraint");
}

/** The detail that a server's error gives, if it gives one. */
export function detailOf(error: unknown): string | undefined {
  return textIn(error, "detail");
}

function textIn(error: unknown, member: string): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const value: unknown = Reflect.get(error, member);
  return typeof value === "string" ? value : undefined;
}

const LOST = new Set([
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25P04", // transaction_timeout
  "53300", // too_many_connections
]);

/**
 * Whether an error says that there is no connection, or no longer one: the server refused or ended it, the network failed,
 * or the driver gave it up. The driver's own errors have no code; if the driver was called wrongly, that is a `TypeError`
 * or `RangeError`.
 */
export function isConnectionLoss(error: unknown): boolean {
  const sqlstate = sqlstateOf(error);
  if (isEventfoldError(error)) return false;
  if (sqlstate !== undefined) return sqlstate.startsWith("08") || LOST.has(sqlstate);
  return types.isNativeError(error) && error.name !== "TypeError" && error.name !== "RangeError";
}

/** Whether an error, translated or not, says that the server is read-only, as a former primary may be after a failover. */
export function isReadOnlyRefusal(error: unknown): boolean {
  return sqlstateOf(error) === "25006" || isEventfoldError(error, "STORAGE_READ_ONLY");
}
