import type { OrderTest, PrefixTest } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { COMPOSITE, FIRST_BLOB, FIRST_TEXT, keyValue } from "./key-value.ts";
import { textAfterPrefix } from "./prefix-range.ts";

/** Where the keys of a type begin and end; numbers have nothing before them. */
const TYPES = {
  number: { from: undefined, before: FIRST_TEXT },
  string: { from: FIRST_TEXT, before: FIRST_BLOB },
  boolean: { from: FIRST_BLOB, before: COMPOSITE },
} as const;

/** The keys of the constant's type that stand in a relation to it: a range of the index. */
export function orderRange(key: SQL, { comparison, value }: OrderTest): SQL {
  const { from, before } = TYPES[typeof value as keyof typeof TYPES];
  const bound = keyValue(value);
  switch (comparison) {
    case "greater":
      return rangeCondition(key, [">", bound], ["<", before]);
    case "greater_or_equal":
      return rangeCondition(key, [">=", bound], ["<", before]);
    case "less":
      return rangeCondition(key, from && [">=", from], ["<", bound]);
    case "less_or_equal":
      return rangeCondition(key, from && [">=", from], ["<=", bound]);
  }
}

/** The texts that begin with a prefix: a range of the index. `LIKE` would ignore case and read `%` and `_`. */
export function prefixRange(key: SQL, { prefix }: PrefixTest): SQL {
  const end = textAfterPrefix(prefix);
  return rangeCondition(key, [">=", sql`${prefix}`], ["<", end === undefined ? FIRST_BLOB : sql`${end}`]);
}

type End = readonly [operator: "<" | "<=" | ">" | ">=", bound: SQL];

function rangeCondition(key: SQL, lower: End | undefined, upper: End): SQL {
  const upperCondition = comparison(key, upper);
  return lower === undefined ? upperCondition : sql`(${comparison(key, lower)} AND ${upperCondition})`;
}

function comparison(key: SQL, [operator, bound]: End): SQL {
  return sql`${key} ${sql.raw(operator)} ${bound}`;
}
