import { AssertionError } from "node:assert";
import type { SourceIdentifier, StoredEvent } from "@eventfold/store";
import type { StorageScanOptions, StoredEventText, StoredTextsOptions } from "@eventfold/store/adapter";
import { printSourceIdentifier } from "@eventfold/types";
import { shown } from "../suite/shown.ts";

/** Asserts what must hold of every page of an iteration. It is called with all its pages, one after another. */
export type PageCheck<T> = (page: readonly T[]) => void;

/**
 * Asserts that the sequence numbers of a scan rise (or fall, if it goes backwards), from page to page too, and begin beyond
 * the given bound. Otherwise a reader that goes on from what it saw last would never end.
 *
 * @throws `AssertionError` of the check, naming the rule and the difference.
 */
export function scanCheck(
  source: SourceIdentifier,
  { bounds, direction }: Pick<StorageScanOptions, "bounds" | "direction">,
): PageCheck<StoredEvent> {
  const isForwards = direction === "forwards";
  const start = isForwards ? bounds.sequenceNumberAfter : bounds.sequenceNumberBefore;
  return orderCheck({
    rule: 11,
    what: `a scan of ${printSourceIdentifier(source)}, ${direction},`,
    wanted: isForwards ? "a sequence number above" : "a sequence number below",
    start,
    keyOf: ({ sequenceNumber }) => sequenceNumber,
    isBeyond: (number, edge) => (isForwards ? number > edge : number < edge),
  });
}

/**
 * Asserts of texts what {@link scanCheck} asserts of events.
 *
 * @throws `AssertionError` of the check, naming the rule and the difference.
 */
export function textsCheck(
  source: SourceIdentifier,
  { after, before, direction }: StoredTextsOptions,
): PageCheck<StoredEventText> {
  const isForwards = direction === "forwards";
  return orderCheck({
    rule: 28,
    what: `the texts of ${printSourceIdentifier(source)}, ${direction},`,
    wanted: isForwards ? "a sequence number above" : "a sequence number below",
    start: isForwards ? after : before,
    keyOf: ({ sequenceNumber }) => sequenceNumber,
    isBeyond: (number, edge) => (isForwards ? number > edge : number < edge),
  });
}

/**
 * Asserts that the names of a listing are in code-point order, each once, and begin after the one that was given.
 *
 * @throws `AssertionError` of the check, naming the rule and the difference.
 */
export function listingCheck(what: string, after: string | undefined): PageCheck<string> {
  return orderCheck({
    rule: 17,
    what,
    wanted: "a name behind",
    start: after,
    keyOf: (name) => name,
    isBeyond: (name, edge) => Buffer.compare(Buffer.from(name), Buffer.from(edge)) > 0, // UTF-8 sorts as code points do
  });
}

interface OrderCheck<T, TKey> {
  readonly rule: number;
  readonly what: string;
  readonly wanted: string;
  readonly start: TKey | undefined;
  readonly keyOf: (item: T) => TKey;
  readonly isBeyond: (key: TKey, edge: TKey) => boolean;
}

function orderCheck<T, TKey>({ rule, what, wanted, start, keyOf, isBeyond }: OrderCheck<T, TKey>): PageCheck<T> {
  let edge = start;
  let count = 0;
  const fail = (actual: unknown, expected: string, reason: string): never => {
    const message = `rule ${rule}: item ${count + 1} of ${what} is out of order: expected ${expected}, got ${shown(actual)}. ${reason}`;
    throw new AssertionError({ message, actual, expected, operator: "pageCheck" });
  };
  return (page) => {
    if (page.length === 0) fail(page, "a page with at least one", "Pages are never empty.");
    for (const item of page) {
      const key = keyOf(item);
      if (edge !== undefined && !isBeyond(key, edge)) {
        const reason =
          count === 0 ? "The bound is exclusive." : "A page begins beyond the last item of the one before.";
        fail(key, `${wanted} ${shown(edge)}`, reason);
      }
      edge = key;
      count += 1;
    }
  };
}
