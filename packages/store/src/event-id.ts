import { InvalidEventError } from "@eventfold/types";
import { v5, v7 } from "uuid";

/** The namespace of the ids that {@link eventIdFrom} makes. It never changes, for the ids are stored. */
const NAMESPACE = "6f1b4f0e-52c1-5d0c-9a55-0d1f6a3f7c1e";

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A fresh event id: a UUIDv7, so that ids rise with time and new rows stay at the right edge of an index. */
export function newEventId(): string {
  return v7();
}

/**
 * The event id that belongs to these parts: the same for the same parts in the same order, always and everywhere, and
 * another one for others. Give it what identifies the event at its origin, and importing it again stores nothing.
 *
 * It is a UUIDv5 (RFC 9562, section 5.5) of the parts' JSON text.
 *
 * @throws `RangeError` when there is no part, or a number is not finite; `TypeError` for parts of other types.
 *
 * @example
 * ```ts
 * const id = eventIdFrom("invoices", invoice.number, invoice.lines.length);
 * ```
 */
export function eventIdFrom(...parts: readonly [string | number, ...(string | number)[]]): string {
  if (parts.length === 0) throw new RangeError("An event id is made from at least one part.");
  for (const part of parts) {
    if (typeof part !== "string" && typeof part !== "number") {
      throw new TypeError(`The parts of an event id are strings and numbers, got ${typeof part}.`);
    }
    if (typeof part === "number" && !Number.isFinite(part)) throw new RangeError(`${part} identifies nothing.`);
  }
  return v5(JSON.stringify(parts), NAMESPACE);
}

/** @throws `InvalidEventError` when it is no canonical lower-case UUID. */
export function checkedEventId(id: unknown, path: string): string {
  if (typeof id === "string" && CANONICAL.test(id)) return id;
  throw new InvalidEventError({ path, reason: "an id is a canonical lower-case UUID" });
}
