import {
  type Comparison,
  canonicalJson,
  type Dialect,
  type FieldBound,
  type ListedValues,
  type PresentKey,
  printRegex,
  type Regex,
  type Scalar,
} from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import type { OperandOf } from "./field-operand.ts";
import { jsonOf, keyOf, type Operand } from "./operand.ts";
import {
  COMPOSITE,
  FIRST_BOOLEAN,
  FIRST_STRING,
  KEY_CHARACTERS,
  type SortKeyText,
  sortKeyText,
} from "./sort-key-text.ts";
import { joinedSql, rawSql, type Sql, sql } from "./sql.ts";
import { afterPrefix } from "./text-range.ts";

const OPERATORS: Readonly<Record<Comparison, Sql>> = {
  less: rawSql("<"),
  less_or_equal: rawSql("<="),
  greater: rawSql(">"),
  greater_or_equal: rawSql(">="),
};

/** Where the sort keys of a type begin, and where those of the next one do. */
const LIMITS = {
  number: ["0", FIRST_STRING],
  string: [FIRST_STRING, FIRST_BOOLEAN],
  boolean: [FIRST_BOOLEAN, COMPOSITE],
} as const;

/**
 * How conditions are written for PostgreSQL. A JSON value is compared by its sort key, on which indexes are built. The key of a long
 * string holds only its beginning, so where keys are equal the full strings are compared too, and a row whose key equals a bound may lie
 * before it. An index has missing values at one end; since they form a stretch of their own, it also serves orders that have them at the
 * other end.
 */
export class PostgresDialect implements Dialect<Operand, Sql> {
  readonly field: OperandOf;
  readonly reachesExactly = false;
  readonly ordersMissing = false;

  constructor(operandOf: OperandOf) {
    this.field = operandOf;
  }

  all(conditions: readonly Sql[]): Sql {
    return sql`(${joinedSql(conditions, " and ")})`;
  }

  any(conditions: readonly Sql[]): Sql {
    return sql`(${joinedSql(conditions, " or ")})`;
  }

  not(condition: Sql): Sql {
    return sql`(${condition}) is not true`;
  }

  isMissing(operand: Operand): Sql {
    return sql`${keyOf(operand)} is null`;
  }

  isPresent(operand: Operand): Sql {
    return sql`${keyOf(operand)} is not null`;
  }

  equals(operand: Operand, value: Scalar): Sql {
    if (operand.kind === "text") return sql`${operand.column} = ${value}::text`;
    const bound = sortKeyText(value);
    const hasKey = sql`${operand.key} = ${bound.text}::text`;
    return bound.isCut ? sql`(${hasKey} and ${operand.text} = ${value}::text)` : hasKey;
  }

  /** By `jsonb`'s own equality, which is deep. */
  equalsComposite(operand: Operand, json: string): Sql {
    return sql`${jsonOf(operand)} = ${json}::jsonb`;
  }

  /** Each kind of value is one parameter, however long the list is. */
  equalsOneOf(operand: Operand, { scalars, composites }: ListedValues): readonly Sql[] {
    if (operand.kind === "text") return [sql`${operand.column} = any (${textList(scalars)})`];
    const { key, text, value } = operand;
    const keys = scalars.map((scalar) => ({ scalar, ...sortKeyText(scalar) }));
    const short = keys.filter(({ isCut }) => !isCut);
    const long = keys.filter(({ isCut }) => isCut);
    const listed: Sql[] = [];
    if (short.length > 0) listed.push(sql`${key} = any (${textList(short.map((each) => each.text))})`);
    if (long.length > 0) {
      const texts = textList(long.map(({ scalar }) => scalar));
      listed.push(sql`(${key} = any (${textList(long.map((each) => each.text))}) and ${text} = any (${texts}))`);
    }
    if (composites.length > 0) listed.push(sql`${value} = any (${composites}::jsonb[])`);
    return listed;
  }

  compares(operand: Operand, comparison: Comparison, value: Scalar): Sql {
    const operator = OPERATORS[comparison];
    if (operand.kind === "text") return sql`${operand.column} ${operator} ${value}::text`;
    const { key, text } = operand;
    const [first, end] = LIMITS[typeof value as keyof typeof LIMITS];
    const bound = sortKeyText(value);
    const isGreater = comparison === "greater" || comparison === "greater_or_equal";
    const keyOperator = bound.isCut ? OPERATORS[isGreater ? "greater_or_equal" : "less_or_equal"] : operator;
    const other = isGreater ? sql`${key} < ${end}::text` : sql`${key} >= ${first}::text`;
    const range = sql`${key} ${keyOperator} ${bound.text}::text and ${other}`;
    return bound.isCut ? sql`(${range} and ${text} ${operator} ${value}::text)` : sql`(${range})`;
  }

  contains(operand: Operand, element: JsonValue): Sql {
    const value = jsonOf(operand);
    return sql`exists (select from jsonb_array_elements(case when jsonb_typeof(${value}) = 'array' then ${value} else '[]' end) e(value) where e.value = ${canonicalJson(element)}::jsonb)`;
  }

  containsText(operand: Operand, text: string): Sql {
    if (operand.kind === "text") return sql`strpos(${operand.column}, ${text}::text) > 0`;
    return sql`(${keyRange(operand.key, FIRST_STRING, FIRST_BOOLEAN)} and strpos(${operand.text}, ${text}::text) > 0)`;
  }

  startsWith(operand: Operand, prefix: string): Sql {
    if (operand.kind === "text") {
      const end = afterPrefix(prefix);
      const isBehind = sql`${operand.column} >= ${prefix}::text`;
      return end === undefined ? isBehind : sql`(${isBehind} and ${operand.column} < ${end}::text)`;
    }
    const { text } = sortKeyText(prefix);
    const range = keyRange(operand.key, text, afterPrefix(text) ?? FIRST_BOOLEAN);
    const isWhole = [...prefix].length <= KEY_CHARACTERS;
    return isWhole ? sql`(${range})` : sql`(${range} and starts_with(${operand.text}, ${prefix}::text))`;
  }

  matches(operand: Operand, { tree }: Regex): Sql {
    const pattern = printRegex(tree, "postgres");
    if (operand.kind === "text") return sql`${operand.column} ~ ${pattern}::text`;
    return sql`(${keyRange(operand.key, FIRST_STRING, FIRST_BOOLEAN)} and ${operand.text} ~ ${pattern}::text)`;
  }

  ties(operand: Operand, value: PresentKey): Sql {
    if (typeof value !== "object") return this.equals(operand, value);
    return sql`${keyOf(operand)} = ${COMPOSITE}::text`;
  }

  isBeyond({ field, side, value }: FieldBound<Operand>): Sql {
    const [operator, bound] = [OPERATORS[side], boundText(field, value)];
    const isBeyond = sql`${keyOf(field)} ${operator} ${bound.text}::text`;
    if (field.kind === "text" || !bound.isCut) return isBeyond;
    return sql`(${isBeyond} or (${field.key} = ${bound.text}::text and ${field.text} ${operator} ${value}::text))`;
  }

  isReached({ field, side, value }: FieldBound<Operand>): Sql {
    const operator = OPERATORS[side === "greater" ? "greater_or_equal" : "less_or_equal"];
    return sql`${keyOf(field)} ${operator} ${boundText(field, value).text}::text`;
  }

  /** Two keys in one direction are compared as a row, which is a single range of an index on both. */
  isPairBeyond(first: FieldBound<Operand>, second: FieldBound<Operand>): Sql | undefined {
    if (first.field.kind !== "json" || second.field.kind !== "text" || first.side !== second.side) return undefined;
    const { text, isCut } = sortKeyText(first.value);
    if (isCut) return undefined;
    return sql`(${first.field.key}, ${second.field.column}) ${OPERATORS[first.side]} (${text}::text, ${second.value}::text)`;
  }
}

function boundText(operand: Operand, value: PresentKey): SortKeyText {
  return operand.kind === "text" ? { text: String(value), isCut: false } : sortKeyText(value);
}

function keyRange(key: Sql, first: string, end: string): Sql {
  return sql`${key} >= ${first}::text and ${key} < ${end}::text`;
}

/** A list as one parameter. */
function textList(texts: readonly Scalar[]): Sql {
  return sql`${texts}::text[]`;
}
