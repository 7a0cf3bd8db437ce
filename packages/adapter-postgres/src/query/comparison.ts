import type { Comparison } from "@eventfold/query";

/** SQL's operator for each comparison. */
export const COMPARISONS: Readonly<Record<Comparison, string>> = {
  less: "<",
  less_or_equal: "<=",
  greater: ">",
  greater_or_equal: ">=",
};
