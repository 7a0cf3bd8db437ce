import {
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
import { eventNames } from "./names.ts";

const numbers = fc.oneof({ weight: 4, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.maxSafeNat() });

/**
 * Constraints that every source takes. Numbers are mostly below 30, so that they lie within short logs.
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
);

/** Constraints that streams take: those that every source takes, and those by position. */
export const streamConstraints: fc.Arbitrary<StreamConstraint> = fc.oneof(
  { weight: 7, arbitrary: sourceConstraints },
  { weight: 1, arbitrary: numbers.map(positionAfter) },
  { weight: 1, arbitrary: numbers.map(positionBefore) },
);
