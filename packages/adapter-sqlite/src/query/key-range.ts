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
      return sql`(${key} > ${bound} AND ${key} < ${before})`;
    case "greater_or_equal":
      return sql`(${key} >= ${bound} AND ${key} < ${before})`;
    case "less":
      return from === undefined ? sql`${key} < ${bound}` : sql`(${key} >= ${from} AND ${key} < ${bound})`;
    case "less_or_equal":
      return from === undefined ? sql`${key} <= ${bound}` : sql`(${key} >= ${from} AND ${key} <= ${bound})`;
  }
}

/** The texts that begin with a prefix: a range of the index. `LIKE` would ignore case and read `%` and `_`. */
export function prefixRange(key: SQL, { prefix }: PrefixTest): SQL {
  const end = textAfterPrefix(prefix);
  return sql`(${key} >= ${prefix} AND ${key} < ${end === undefined ? FIRST_BLOB : sql`${end}`})`;
}
