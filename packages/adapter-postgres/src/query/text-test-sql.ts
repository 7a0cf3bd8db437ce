import type { FieldTest } from "@eventfold/query";
import { printRegex } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { COMPARISONS } from "./comparison.ts";
import { NEVER } from "./constant-sql.ts";
import { textList } from "./json-test-sql.ts";
import { afterPrefix } from "./text-range.ts";

/** A test of a text that is never missing. */
export function textTestSql(column: SQL, test: FieldTest): SQL {
  switch (test.kind) {
    case "missing":
    case "contains":
      return NEVER;
    case "equal":
      return typeof test.value === "string" ? sql`${column} = ${test.value}::text` : NEVER;
    case "order":
      if (typeof test.value !== "string") return NEVER;
      return sql`${column} ${sql.raw(COMPARISONS[test.comparison])} ${test.value}::text`;
    case "one_of":
      return sql`${column} = any (${textList(test.values.filter((value) => typeof value === "string"))})`;
    case "prefix":
      return prefixSql(column, test.prefix);
    case "regex":
      return sql`${column} ~ ${printRegex(test.regex.tree, "postgres")}::text`;
  }
}

function prefixSql(column: SQL, prefix: string): SQL {
  const end = afterPrefix(prefix);
  const isBehind = sql`${column} >= ${prefix}::text`;
  return end === undefined ? isBehind : sql`(${isBehind} and ${column} < ${end}::text)`;
}
