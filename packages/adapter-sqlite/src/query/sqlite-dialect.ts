import {
  type Comparison,
  canonicalJson,
  type Dialect,
  type FieldBound,
  type ListedValues,
  type OrderKey,
  type PresentKey,
  type Regex,
  type Scalar,
} from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import { type SQL, sql } from "drizzle-orm";
import { type FieldContext, type FieldExpression, fieldExpression } from "./field-expression.ts";
import { COMPOSITE, FIRST_BLOB, FIRST_TEXT, keyValue } from "./key-value.ts";
import { textAfterPrefix } from "./prefix-range.ts";
import type { JsonPlace } from "./sort-key-expression.ts";

const OPERATORS: Readonly<Record<Comparison, SQL>> = {
  less: sql.raw("<"),
  less_or_equal: sql.raw("<="),
  greater: sql.raw(">"),
  greater_or_equal: sql.raw(">="),
};

/** Where the keys of a type begin and end; numbers have nothing before them. */
const TYPES = {
  number: { from: undefined, before: FIRST_TEXT },
  string: { from: FIRST_TEXT, before: FIRST_BLOB },
  boolean: { from: FIRST_BLOB, before: COMPOSITE },
} as const;

/** The keys in a bound list, made as `sortKeyExpression` makes them. */
const LISTED_KEY = sql.raw(
  "CASE type WHEN 'integer' THEN CAST(value AS REAL) WHEN 'false' THEN x'00' WHEN 'true' THEN x'01' ELSE value END",
);

/**
 * How SQLite is asked. A value is compared by its sort key, which holds all of it but for arrays and objects: those are
 * compared by their text, which is canonical.
 */
export class SqliteDialect implements Dialect<FieldExpression, SQL> {
  readonly reachesExactly = true;
  readonly ordersMissing = true;
  readonly #context: FieldContext;

  constructor(context: FieldContext) {
    this.#context = context;
  }

  field(field: OrderKey["field"]): FieldExpression {
    return fieldExpression(field, this.#context);
  }

  all(conditions: readonly SQL[]): SQL {
    return sql`(${sql.join([...conditions], sql.raw(" AND "))})`;
  }

  any(conditions: readonly SQL[]): SQL {
    return sql`(${sql.join([...conditions], sql.raw(" OR "))})`;
  }

  not(condition: SQL): SQL {
    return sql`(${condition}) IS NOT TRUE`;
  }

  isMissing({ key }: FieldExpression): SQL {
    return sql`${key} IS NULL`;
  }

  isPresent({ key }: FieldExpression): SQL {
    return sql`${key} IS NOT NULL`;
  }

  equals({ key }: FieldExpression, value: Scalar): SQL {
    return sql`${key} = ${keyValue(value)}`;
  }

  equalsComposite(field: FieldExpression, json: string): SQL {
    return sql`(${field.key} = ${COMPOSITE} AND ${compositeText(field)} = ${json})`;
  }

  /** Each kind of value is one parameter, whatever the length of the list. */
  equalsOneOf(field: FieldExpression, { scalars, composites }: ListedValues): readonly SQL[] {
    const listed: SQL[] = [];
    if (scalars.length > 0) {
      listed.push(sql`${field.key} IN (SELECT ${LISTED_KEY} FROM json_each(${JSON.stringify(scalars)}))`);
    }
    if (composites.length > 0) {
      const list = sql`(SELECT value FROM json_each(${JSON.stringify(composites)}))`;
      listed.push(sql`(${field.key} = ${COMPOSITE} AND ${compositeText(field)} IN ${list})`);
    }
    return listed;
  }

  compares({ key }: FieldExpression, comparison: Comparison, value: Scalar): SQL {
    const { from, before } = TYPES[typeof value as keyof typeof TYPES];
    const compared = sql`${key} ${OPERATORS[comparison]} ${keyValue(value)}`;
    if (comparison === "greater" || comparison === "greater_or_equal") return sql`(${compared} AND ${key} < ${before})`;
    return from === undefined ? compared : sql`(${key} >= ${from} AND ${compared})`;
  }

  /** `json_each` of what is not an array gives the value itself, so the type is asked for first. */
  contains(field: FieldExpression, value: JsonValue): SQL {
    const { document, path } = placeOf(field);
    const elements = sql`SELECT 1 FROM json_each(${document}, ${path}) AS e WHERE ${elementCondition(value)}`;
    return sql`(json_type(${document}, ${path}) = 'array' AND EXISTS (${elements}))`;
  }

  /** `instr` would look at the bytes or digits of a value that is not a text, so the type is checked first. */
  containsText({ key }: FieldExpression, text: string): SQL {
    return sql`(typeof(${key}) = 'text' AND instr(${key}, ${text}) > 0)`;
  }

  /** A range of the index: `LIKE` would ignore case and read `%` and `_`. */
  startsWith({ key }: FieldExpression, prefix: string): SQL {
    const end = textAfterPrefix(prefix);
    return sql`(${key} >= ${prefix} AND ${key} < ${end === undefined ? FIRST_BLOB : sql`${end}`})`;
  }

  matches({ key }: FieldExpression, { pattern }: Regex): SQL {
    return sql`eventfold_matches(${pattern}, ${key})`;
  }

  ties({ key }: FieldExpression, value: PresentKey): SQL {
    return sql`${key} = ${keyValue(value)}`;
  }

  isBeyond({ field, side, value }: FieldBound<FieldExpression>): SQL {
    return sql`${field.key} ${OPERATORS[side]} ${keyValue(value)}`;
  }

  isReached({ field, side, value }: FieldBound<FieldExpression>): SQL {
    const operator = OPERATORS[side === "greater" ? "greater_or_equal" : "less_or_equal"];
    return sql`${field.key} ${operator} ${keyValue(value)}`;
  }
}

/** States are stored canonically, so the text of an array or object decides whether it is deeply equal. */
function compositeText(field: FieldExpression): SQL {
  const { document, path } = placeOf(field);
  return sql`json_extract(${document}, ${path})`;
}

/** Arrays and objects are only asked for where there can be some: in a document. */
function placeOf({ place }: FieldExpression): JsonPlace {
  if (place === undefined) throw new TypeError("A field outside a document has no array or object.");
  return place;
}

function elementCondition(value: JsonValue): SQL {
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
