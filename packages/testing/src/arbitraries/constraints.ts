import {
  type EventQuery,
  type EventQueryItem,
  eventsMatch,
  nameIn,
  observedAfter,
  observedBefore,
  occurredAfter,
  occurredBefore,
  positionAfter,
  positionBefore,
  type SourceConstraint,
  type StreamConstraint,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "@eventfold/store";
import fc from "fast-check";
import { eventTimes } from "./events.ts";
import { eventNames, tags } from "./names.ts";

const numbers = fc.oneof({ weight: 4, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.maxSafeNat() });

const items: fc.Arbitrary<EventQueryItem> = fc
  .record({
    names: fc.option(fc.uniqueArray(eventNames, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    tags: fc.option(fc.uniqueArray(tags, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map((item) => (item.names === undefined && item.tags === undefined ? { tags: ["a"] } : item));

/**
 * Queries of one to three items.
 *
 * @example
 * ```ts
 * await fc.assert(fc.asyncProperty(eventQueries, async (query) => {
 *   const { events } = await store.boundary(query);
 *   assert.deepEqual(events, await store.log().read({ constraints: [query] }));
 * }));
 * ```
 */
export const eventQueries: fc.Arbitrary<EventQuery> = fc
  .array(items, { minLength: 1, maxLength: 3 })
  .map(([first = { tags: ["a"] }, ...rest]) => eventsMatch(first, ...rest));

/**
 * Constraints that every source takes; queries have one item, so that any number of them may be joined. Numbers are mostly below 30, so that they lie within short logs.
 *
 * @example
 * ```ts
 * await fc.assert(fc.asyncProperty(fc.array(sourceConstraints), async (constraints) => {
 *   const backwards = await log.read({ constraints, direction: "backwards" });
 *   assert.deepEqual(backwards.reverse(), await log.read({ constraints }));
 * }));
 * ```
 */
export const sourceConstraints: fc.Arbitrary<SourceConstraint> = fc.oneof(
  numbers.map(sequenceNumberAfter),
  numbers.map(sequenceNumberBefore),
  eventTimes.map(occurredAfter),
  eventTimes.map(occurredBefore),
  eventTimes.map(observedAfter),
  eventTimes.map(observedBefore),
  fc.array(eventNames, { minLength: 1, maxLength: 3 }).map(([first = "", ...rest]) => nameIn(first, ...rest)),
  items.map((item) => eventsMatch(item)),
);

/** Constraints that streams take: those that every source takes, and those by position. */
export const streamConstraints: fc.Arbitrary<StreamConstraint> = fc.oneof(
  { weight: 8, arbitrary: sourceConstraints },
  { weight: 1, arbitrary: numbers.map(positionAfter) },
  { weight: 1, arbitrary: numbers.map(positionBefore) },
);
