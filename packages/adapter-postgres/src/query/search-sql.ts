import {
  allHold,
  type FilterPlan,
  type OrderKey,
  type SearchPlan,
  searchStretches,
  type Translated,
  translatedFilter,
} from "@eventfold/query";
import type { PostgresDialect } from "./postgres-dialect.ts";
import { KEY_CHARACTERS } from "./sort-key-text.ts";
import { joinedSql, rawSql, type Sql, sql } from "./sql.ts";

/** What a search is translated for. */
export interface SearchTarget {
  /** The table with the projections. */
  readonly table: Sql;
  /** A condition for the rows `p` of the table among which the search looks. */
  readonly scope: Sql;
  /** What to select of the rows `r` that are found. */
  readonly columns: Sql;
  readonly dialect: PostgresDialect;
  /**
   * Whether full strings are compared where their keys tie. Without it an index can serve the order, but strings of 100
   * characters and more may be out of order: the last column says whether a row has such a string among its keys.
   */
  readonly comparesWhole: boolean;
}

interface SortColumn {
  readonly expression: Sql;
  readonly direction: Sql;
  /** Empty where no value is missing. */
  readonly nulls: Sql;
}

/** The statement that fetches the rows of a plan, in its order. */
export function searchSql(plan: SearchPlan, target: SearchTarget): Sql {
  const { table, scope, dialect } = target;
  const fields = plan.order.map(({ field }) => dialect.field(field));
  const columns = plan.order.flatMap((key, index) => sortColumns(key, index, target));
  const filter = whereSql(plan, { scope, dialect });
  const end = plan.offset + plan.limit;
  const parts = searchStretches(plan, { fields, dialect }).map(({ condition }, part) => {
    const keys = columns.map(({ expression }, index) => sql`, ${expression} as ${keyName(index)}`);
    const order = columns.map(({ expression, direction, nulls }) => sql`${expression}${direction}${nulls}`);
    return sql`(select p.*, ${rawSql(String(part))} as part${joinedSql(keys, "")} from ${table} p where ${conditionSql(allHold([filter, condition], dialect))} order by ${list(order)} limit ${end}::bigint)`;
  });
  const order = columns.map(({ direction, nulls }, index) => sql`r.${keyName(index)}${direction}${nulls}`);
  const rows = joinedSql(parts, " union all ");
  return sql`select ${target.columns}, ${hasCutKey(plan, target)} from (${rows}) r order by ${list([sql`r.part`, ...order])} limit ${plan.limit}::bigint offset ${plan.offset}::bigint`;
}

/** The condition for the rows `p` of a scope for which the filter of a plan holds. */
export function whereSql(plan: FilterPlan, { scope, dialect }: Pick<SearchTarget, "scope" | "dialect">): Sql {
  return conditionSql(allHold([scope, translatedFilter(plan, dialect)], dialect));
}

function conditionSql(condition: Translated<Sql>): Sql {
  return typeof condition === "boolean" ? rawSql(String(condition)) : condition;
}

/** Whether the order of a search may depend on the full strings. */
export function canHaveCutKey({ order }: SearchPlan, dialect: PostgresDialect): boolean {
  return order.some(({ field }) => dialect.field(field).kind === "json");
}

function sortColumns(key: OrderKey, index: number, { dialect, comparesWhole }: SearchTarget): readonly SortColumn[] {
  const operand = dialect.field(key.field);
  const direction = rawSql(key.direction === "asc" ? "" : " desc");
  if (operand.kind === "text") return [{ expression: operand.column, direction, nulls: rawSql("") }];
  // Within a part the first key is missing always or never, so any order of missing values is right, and the index's is taken.
  const nulls = index === 0 ? rawSql("") : rawSql(` nulls ${key.nulls}`);
  const whole = sql`case when jsonb_typeof(${operand.value}) = 'string' then ${operand.text} end`;
  const byKey = { expression: operand.key, direction, nulls };
  return comparesWhole ? [byKey, { expression: whole, direction, nulls: rawSql("") }] : [byKey];
}

function hasCutKey(plan: SearchPlan, { dialect, comparesWhole }: SearchTarget): Sql {
  if (comparesWhole) return sql`false`;
  const lengths = plan.order.flatMap(({ field }, index) =>
    dialect.field(field).kind === "json" ? sql`length(r.${keyName(index)})` : [],
  );
  if (lengths.length === 0) return sql`false`;
  return sql`coalesce(greatest(${list(lengths)}) > ${rawSql(String(KEY_CHARACTERS))}, false)`;
}

function keyName(index: number): Sql {
  return rawSql(`k${index}`);
}

function list(parts: readonly Sql[]): Sql {
  return joinedSql(parts, ", ");
}
