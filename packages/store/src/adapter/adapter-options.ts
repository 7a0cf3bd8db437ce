import type { TransactionOptions } from "../storage/event-storage-adapter.ts";
import type { OrderingGuarantee } from "../storage/ordering-guarantee.ts";

const GUARANTEES: readonly string[] = ["log", "category", "stream"] satisfies OrderingGuarantee[];
/** The longest time that a timer can wait, in milliseconds: about 24 days. */
export const LONGEST_TIMEOUT_MS = 2_147_483_647;

/**
 * The ordering guarantee, once checked.
 *
 * @throws `TypeError` when an untyped caller asks for a guarantee that does not exist.
 */
export function checkedOrderingGuarantee(guarantee: OrderingGuarantee): OrderingGuarantee {
  if (GUARANTEES.includes(guarantee)) return guarantee;
  throw new TypeError(`An ordering guarantee must be "log", "category" or "stream", got ${JSON.stringify(guarantee)}.`);
}

/**
 * A time-out in milliseconds, once checked.
 *
 * @throws `RangeError` unless it is a number of milliseconds that a timer can wait: 0 to 2,147,483,647.
 */
export function checkedTimeoutMs(name: string, timeoutMs: number): number {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 0 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
  throw new RangeError(
    `${name} must be an integer from 0 to ${LONGEST_TIMEOUT_MS} milliseconds, got ${String(timeoutMs)}.`,
  );
}

/**
 * How long a transaction may be idle, once checked; `undefined` where nothing is said.
 *
 * @throws `RangeError` unless it is an integer from 1 to 2,147,483,647.
 */
export function checkedIdleTimeoutMs({ idleTimeoutMs }: TransactionOptions): number | undefined {
  if (idleTimeoutMs === undefined) return undefined;
  if (idleTimeoutMs === 0) throw new RangeError("idleTimeoutMs must be at least 1 millisecond, got 0.");
  return checkedTimeoutMs("idleTimeoutMs", idleTimeoutMs);
}

/**
 * An option that must be one of a few strings, once checked.
 *
 * @throws `TypeError` when an untyped caller gives another string.
 *
 * @example
 * ```ts
 * const migrations = checkedChoice("migrations", options.migrations ?? "apply", ["apply", "check"]);
 * ```
 */
export function checkedChoice<const TChoice extends string>(
  option: string,
  value: TChoice,
  choices: readonly TChoice[],
): TChoice {
  if (choices.includes(value)) return value;
  const expected = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  throw new TypeError(`${option} must be ${expected}, got ${JSON.stringify(value)}.`);
}
