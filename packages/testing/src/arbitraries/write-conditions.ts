import {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  streamExists,
  streamIsEmpty,
  type WriteCondition,
} from "@eventfold/store";
import fc from "fast-check";

/**
 * Closed write conditions, that is, all but `predicate`, combined and nested. Their positions are 0 to 4, so that they can
 * hold of short streams.
 *
 * @example
 * ```ts
 * await fc.assert(fc.asyncProperty(writeConditions, async (condition) => {
 *   await ignoreUnmetCondition(() => stream.publish({ events, condition }));
 * }));
 * ```
 */
export const writeConditions: fc.Arbitrary<WriteCondition> = fc.letrec<{ condition: WriteCondition }>((tie) => {
  const several = fc.array(tie("condition"), { maxLength: 3 });
  return {
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: fc.nat(4).map(positionIs) },
      { weight: 3, arbitrary: fc.constantFrom(noCondition(), streamIsEmpty(), streamExists()) },
      { weight: 1, arbitrary: several.map((conditions) => allOf(...conditions)) },
      { weight: 1, arbitrary: several.map((conditions) => anyOf(...conditions)) },
      { weight: 1, arbitrary: tie("condition").map(not) },
    ),
  };
}).condition;
