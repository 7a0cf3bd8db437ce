import type { OrderingGuarantee } from "../storage/event-storage-adapter.ts";

const GUARANTEES: readonly string[] = ["log", "category", "stream"] satisfies OrderingGuarantee[];
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/**
 * The ordering guarantee that was asked for.
 *
 * @throws `TypeError` when an untyped caller asks for a guarantee that there is not.
 */
export function checkedOrderingGuarantee(guarantee: OrderingGuarantee): OrderingGuarantee {
  if (GUARANTEES.includes(guarantee)) return guarantee;
  throw new TypeError(`An ordering guarantee must be "log", "category" or "stream", got ${JSON.stringify(guarantee)}.`);
}

/**
 * A time-out that was asked for, in milliseconds.
 *
 * @throws `RangeError` when it is not a number of milliseconds that a timer can wait: 0 to 2,147,483,647.
 */
export function checkedTimeoutMs(name: string, timeoutMs: number): number {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 0 && timeoutMs <= LONGEST_TIMEOUT_MS) return timeoutMs;
  throw new RangeError(
    `${name} must be an integer from 0 to ${LONGEST_TIMEOUT_MS} milliseconds, got ${String(timeoutMs)}.`,
  );
}

/**
 * An option that is one of a few strings.
 *
 * @throws `TypeError` when an untyped caller gives another one.
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
