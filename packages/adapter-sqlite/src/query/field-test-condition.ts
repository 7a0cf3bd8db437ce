import { type ContainsTest, canonicalJson, type EqualTest, type FieldTest, type OneOfTest } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import { type SQL, sql } from "drizzle-orm";
import type { FieldExpression } from "./field-expression.ts";
import { orderRange, prefixRange } from "./key-range.ts";
import { COMPOSITE, keyValue } from "./key-value.ts";

/** What holds for no row. */
export const NEVER: SQL = sql.raw("FALSE");

/**
 * The question whether a test holds. It is `NULL` instead of false where a value is missing: bare, it selects the right
 * rows and can use an index; negated, it must be asked with `IS NOT TRUE`.
 */
export function fieldTestCondition(field: FieldExpression, test: FieldTest): SQL {
  switch (test.kind) {
    case "missing":
      return sql`${field.key} IS NULL`;
    case "equal":
      return equalCondition(field, test);
    case "order":
      return isComparable(field, test.value) ? orderRange(field.key, test) : NEVER;
    case "one_of":
      return oneOfCondition(field, test);
    case "contains":
      return containsCondition(field, test);
    case "prefix":
      return prefixRange(field.key, test);
    case "regex":
      return sql`eventfold_matches(${test.regex.pattern}, ${field.key})`;
  }
}

/** A column of text would turn a number into its digits before it compares them. */
function isComparable({ isTextColumn }: FieldExpression, value: JsonValue): boolean {
  return !isTextColumn || typeof value === "string";
}

function equalCondition(field: FieldExpression, { value }: EqualTest): SQL {
  if (!isComparable(field, value)) return NEVER;
  if (typeof value !== "object") return sql`${field.key} = ${keyValue(value)}`;
  if (field.place === undefined) return NEVER;
  return sql`(${field.key} = ${COMPOSITE} AND ${compositeText(field.place)} = ${canonicalJson(value)})`;
}

/** States are stored canonically, so the text of an array or object decides whether it is deeply equal. */
function compositeText({ document, path }: NonNullable<FieldExpression["place"]>): SQL {
  return sql`json_extract(${document}, ${path})`;
}

/** The keys in a bound list, made as `sortKeyExpression` makes them. */
const LISTED_KEY = sql.raw(
  "CASE type WHEN 'integer' THEN CAST(value AS REAL) WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' ELSE value END",
);

function oneOfCondition(field: FieldExpression, { values, orMissing }: OneOfTest): SQL {
  const comparable = values.filter((value) => isComparable(field, value));
  const scalars = comparable.filter((value) => typeof value !== "object");
  const composites = comparable.filter((value) => typeof value === "object").map(canonicalJson);
  const conditions: SQL[] = [];
  if (scalars.length > 0) {
    conditions.push(sql`${field.key} IN (SELECT ${LISTED_KEY} FROM json_each(${JSON.stringify(scalars)}))`);
  }
  if (composites.length > 0 && field.place !== undefined) {
    const list = sql`(SELECT value FROM json_each(${JSON.stringify(composites)}))`;
    conditions.push(sql`(${field.key} = ${COMPOSITE} AND ${compositeText(field.place)} IN ${list})`);
  }
  if (orMissing) conditions.push(sql`${field.key} IS NULL`);
  return conditions.length === 0 ? NEVER : sql`(${sql.join(conditions, sql.raw(" OR "))})`;
}

/** `json_each` of what is no array gives the value itself, so the type is asked for first. */
function containsCondition({ place }: FieldExpression, { value }: ContainsTest): SQL {
  if (place === undefined) return NEVER;
  const { document, path } = place;
  const elements = sql`SELECT 1 FROM json_each(${document}, ${path}) AS e WHERE ${elementCondition(value)}`;
  return sql`(json_type(${document}, ${path}) = 'array' AND EXISTS (${elements}))`;
}

function elementCondition(value: ContainsTest["value"]): SQL {
  if (value === null) return sql`e.type = 'null'`;
  switch (typeof value) {
    case "boolean":
      return value ? sql`e.type = 'true'` : sql`e.type = 'false'`;
    case "number":
      return sql`e.type IN ('integer', 'real') AND CAST(e.value AS REAL) = ${value}`;
    case "string":
      return sql`e.type = 'text' AND e.value = ${value}`;
    default:
      return sql`e.type IN ('array', 'object') AND e.value = ${canonicalJson(value)}`;
  }
}
