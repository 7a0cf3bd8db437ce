import type { ProjectionFilter, ProjectionScope, ProjectionSearch } from "@eventfold/projections";
import { type FilterPlan, type Translated, translatedFilter } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { PROJECTION_COLUMNS } from "../projections/projection-row.ts";
import { type CompiledQuery, compiledQuery } from "./compiled-query.ts";
import { type ProjectionTables, STORED_TABLES } from "./projection-tables.ts";
import { scopeCondition } from "./scope-condition.ts";
import { type SearchPart, searchParts } from "./search-parts.ts";
import { SqliteDialect } from "./sqlite-dialect.ts";

/** The indexes on states, by the name of the projection, then by JSON path. */
export type StateIndexes = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What queries are translated with. */
export interface TranslationOptions {
  readonly tables: ProjectionTables;
  readonly indexes: StateIndexes;
}

const COLUMNS = sql.raw(PROJECTION_COLUMNS);
const NO_INDEXES: ReadonlyMap<string, string> = new Map();

/**
 * The statements of a search, as drizzle values: the rows of the first one come first, and the next one is needed only
 * while the limit is not reached.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the plan calls a function that is not registered.
 */
export function searchQueries({ plan, ...scope }: ProjectionSearch, options: TranslationOptions): readonly SQL[] {
  const dialect = dialectOf(scope, plan, options);
  const filter = translatedFilter(plan, dialect);
  const query = ({ condition, order, index }: SearchPart): SQL =>
    sql`SELECT ${COLUMNS} ${rowsCondition({ ...scope, filter, index }, options)}${condition === true ? sql.empty() : sql` AND ${conditionSql(condition)}`} ORDER BY ${order} LIMIT ${plan.limit} OFFSET ${plan.offset}`;
  return searchParts(plan, dialect).map(query);
}

/**
 * The statement of a lookup: the first two in the order of ids, then names. There is usually at most one, so the order
 * is hidden from SQLite, which would otherwise walk through all ids instead of using an index.
 */
export function lookupQuery({ plan, ...scope }: ProjectionFilter, options: TranslationOptions): CompiledQuery {
  const filter = translatedFilter(plan, dialectOf(scope, plan, options));
  return compiledQuery(
    sql`SELECT ${COLUMNS} ${rowsCondition({ ...scope, filter }, options)} ORDER BY +p.id, p.name LIMIT 2`,
  );
}

/** The statement of a count. */
export function countQuery({ plan, ...scope }: ProjectionFilter, options: TranslationOptions): CompiledQuery {
  const filter = translatedFilter(plan, dialectOf(scope, plan, options));
  return compiledQuery(sql`SELECT count(*) ${rowsCondition({ ...scope, filter }, options)}`);
}

function dialectOf(
  { name }: ProjectionScope,
  { functions }: FilterPlan,
  { indexes }: TranslationOptions,
): SqliteDialect {
  return new SqliteDialect({ functions, indexes: (name === undefined ? undefined : indexes.get(name)) ?? NO_INDEXES });
}

function conditionSql(condition: Translated<SQL>): SQL {
  return typeof condition === "boolean" ? sql.raw(condition ? "TRUE" : "FALSE") : condition;
}

/** Rows of a scope. */
interface SelectedRows extends ProjectionScope {
  readonly filter: Translated<SQL>;
  /** The index to read them by; SQLite chooses where none is named. */
  readonly index?: string | undefined;
}

function rowsCondition({ filter, index, ...scope }: SelectedRows, { tables, indexes }: TranslationOptions): SQL {
  const isIndexedName = scope.name !== undefined && indexes.has(scope.name);
  const visible = scopeCondition(scope, { tables, isIndexedName });
  const by = index !== undefined && tables === STORED_TABLES ? sql.raw(` INDEXED BY ${index}`) : sql.empty();
  return sql`FROM ${sql.raw(tables.projections)} AS p${by} WHERE ${visible} AND ${conditionSql(filter)}`;
}
