import type { JsonValue } from "@eventfold/types";
import type { Comparison, FieldTest, OneOfTest, OrderTest } from "../plan/normal-filter.ts";
import { compileRegex } from "../regex/compile-regex.ts";
import { compareScalars } from "./compare-scalars.ts";
import { isEqualJson } from "./json-equality.ts";

/** Answers a question about one value. */
export type ValueTest = (value: JsonValue) => boolean;

/** Prepares a test once for many values. */
export function valueTest(test: FieldTest): ValueTest {
  switch (test.kind) {
    case "missing":
      return (value) => value === null;
    case "equal":
      return (value) => isEqualJson(value, test.value);
    case "order":
      return orderTest(test);
    case "one_of":
      return oneOfTest(test);
    case "contains":
      return (value) => Array.isArray(value) && value.some((element) => isEqualJson(element, test.value));
    case "text":
      return (value) => typeof value === "string" && value.includes(test.text);
    case "prefix":
      return (value) => typeof value === "string" && value.startsWith(test.prefix);
    case "regex": {
      const matches = compileRegex(test.regex);
      return (value) => typeof value === "string" && matches(value);
    }
  }
}

const HOLDS: Readonly<Record<Comparison, (result: number) => boolean>> = {
  less: (result) => result < 0,
  less_or_equal: (result) => result <= 0,
  greater: (result) => result > 0,
  greater_or_equal: (result) => result >= 0,
};

function orderTest({ comparison, value: bound }: OrderTest): ValueTest {
  const holds = HOLDS[comparison];
  return (value) => typeof value === typeof bound && holds(compareScalars(value as typeof bound, bound));
}

/** Scalars are looked up in a set, so that a long list costs no more than a short one. */
function oneOfTest({ values, orMissing }: OneOfTest): ValueTest {
  const scalars = new Set<JsonValue>(values.filter((value) => typeof value !== "object"));
  const composites = values.filter((value) => typeof value === "object");
  return (value) => {
    if (value === null) return orMissing;
    if (typeof value !== "object") return scalars.has(value);
    return composites.some((candidate) => isEqualJson(value, candidate));
  };
}
