import type { FieldTest, OneOfTest, OrderTest, PresentValue } from "@eventfold/query";
import { canonicalJson, printRegex } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { COMPARISONS } from "./comparison.ts";
import type { JsonOperand } from "./operand.ts";
import { COMPOSITE, FIRST_BOOLEAN, FIRST_STRING, KEY_CHARACTERS, sortKeyText } from "./sort-key-text.ts";
import { afterPrefix } from "./text-range.ts";

/** A test of a JSON value, bare: where it does not hold it is false or `NULL`. */
export function jsonTestSql(operand: JsonOperand, test: FieldTest): SQL {
  const { key, value, text } = operand;
  switch (test.kind) {
    case "missing":
      return sql`${key} is null`;
    case "equal":
      return equalSql(operand, test.value);
    case "order":
      return orderSql(operand, test);
    case "one_of":
      return oneOfSql(operand, test);
    case "contains":
      return sql`exists (select from jsonb_array_elements(case when jsonb_typeof(${value}) = 'array' then ${value} else '[]' end) e(value) where e.value = ${canonicalJson(test.value)}::jsonb)`;
    case "prefix":
      return prefixSql(operand, test.prefix);
    case "regex":
      return sql`(${keyRange(key, FIRST_STRING, FIRST_BOOLEAN)} and ${text} ~ ${printRegex(test.regex.tree, "postgres")}::text)`;
  }
}

/** Whether a value equals one that is not `null`; of what is no scalar by `jsonb`'s own equality, which is deep. */
function equalSql(operand: JsonOperand, value: PresentValue): SQL {
  if (typeof value === "object") return sql`${operand.value} = ${canonicalJson(value)}::jsonb`;
  return equalKeySql(operand, value);
}

/** Whether a value is this scalar; a long string is compared whole where its key fits. */
export function equalKeySql({ key, text }: JsonOperand, value: string | number | boolean): SQL {
  const bound = sortKeyText(value);
  const hasKey = sql`${key} = ${bound.text}::text`;
  return bound.isCut ? sql`(${hasKey} and ${text} = ${value}::text)` : hasKey;
}

// A type ends where the next one's keys begin.
const LIMITS = {
  number: ["0", FIRST_STRING],
  string: [FIRST_STRING, FIRST_BOOLEAN],
  boolean: [FIRST_BOOLEAN, COMPOSITE],
} as const;

function orderSql({ key, text }: JsonOperand, { comparison, value }: OrderTest): SQL {
  const [first, end] = LIMITS[typeof value as keyof typeof LIMITS];
  const bound = sortKeyText(value);
  const isGreater = comparison === "greater" || comparison === "greater_or_equal";
  const operator = sql.raw(bound.isCut ? (isGreater ? ">=" : "<=") : COMPARISONS[comparison]);
  const other = isGreater ? sql`${key} < ${end}::text` : sql`${key} >= ${first}::text`;
  const range = sql`${key} ${operator} ${bound.text}::text and ${other}`;
  return bound.isCut ? sql`(${range} and ${text} ${sql.raw(COMPARISONS[comparison])} ${value}::text)` : sql`(${range})`;
}

function keyRange(key: SQL, first: string, end: string): SQL {
  return sql`${key} >= ${first}::text and ${key} < ${end}::text`;
}

/** Each kind of value is one parameter, whatever the length of the list. */
function oneOfSql({ key, value, text }: JsonOperand, { values, orMissing }: OneOfTest): SQL {
  const scalars = values.filter((candidate) => typeof candidate !== "object");
  const composites = values.filter((candidate) => typeof candidate === "object");
  const short = scalars.map(sortKeyText).filter(({ isCut }) => !isCut);
  const long = scalars.filter((scalar): scalar is string => sortKeyText(scalar).isCut);
  const parts: SQL[] = [];
  if (short.length > 0) parts.push(sql`${key} = any (${textList(short.map((each) => each.text))})`);
  if (long.length > 0) {
    const keys = long.map((each) => sortKeyText(each).text);
    parts.push(sql`(${key} = any (${textList(keys)}) and ${text} = any (${textList(long)}))`);
  }
  if (composites.length > 0) parts.push(sql`${value} = any (${sql.param(composites.map(canonicalJson))}::jsonb[])`);
  if (orMissing) parts.push(sql`${key} is null`);
  return sql`(${sql.join(parts, sql` or `)})`;
}

/** A list as one parameter. */
export function textList(texts: readonly string[]): SQL {
  return sql`${sql.param(texts)}::text[]`;
}

function prefixSql({ key, text }: JsonOperand, prefix: string): SQL {
  const bound = sortKeyText(prefix);
  const end = afterPrefix(bound.text) ?? FIRST_BOOLEAN;
  const range = keyRange(key, bound.text, end);
  const isWhole = [...prefix].length <= KEY_CHARACTERS;
  return isWhole ? sql`(${range})` : sql`(${range} and starts_with(${text}, ${prefix}::text))`;
}
