import type { ProjectionFilter, ProjectionScope, ProjectionSearch } from "@eventfold/projections";
import type { QueryFunctions } from "@eventfold/query";
import { type SQL, sql } from "drizzle-orm";
import { PROJECTION_COLUMNS } from "../projections/projection-row.ts";
import { type CompiledQuery, compiledQuery } from "./compiled-query.ts";
import type { FieldContext } from "./field-expression.ts";
import { filterCondition } from "./filter-condition.ts";
import type { ProjectionTables } from "./projection-tables.ts";
import { scopeCondition } from "./scope-condition.ts";
import { type SearchPart, searchParts } from "./search-parts.ts";

/** The JSON paths into the state that have an index, by the name of the projection. */
export type IndexedPaths = ReadonlyMap<string, ReadonlySet<string>>;

/** What queries are translated with. */
export interface TranslationOptions {
  readonly tables: ProjectionTables;
  readonly indexedPaths: IndexedPaths;
}

const COLUMNS = sql.raw(PROJECTION_COLUMNS);
const NO_PATHS: ReadonlySet<string> = new Set();

/**
 * The statements of a search, as drizzle values: the rows of the first one come first, and the next one is needed only
 * while the limit is not reached.
 *
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the plan calls a function that is not registered.
 */
export function searchQueries({ plan, ...scope }: ProjectionSearch, options: TranslationOptions): readonly SQL[] {
  const fields = fieldContext(scope, plan.functions, options);
  const rows = rowsCondition(scope, filterCondition(plan.filter, fields), options);
  const query = ({ condition, order }: SearchPart): SQL =>
    sql`SELECT ${COLUMNS} ${rows}${condition === undefined ? sql.empty() : sql` AND ${condition}`} ORDER BY ${order} LIMIT ${plan.limit} OFFSET ${plan.offset}`;
  return searchParts(plan, fields).map(query);
}

/** The statement of a lookup: the first two in the order of ids, then names. */
export function lookupQuery({ plan, ...scope }: ProjectionFilter, options: TranslationOptions): CompiledQuery {
  const filter = filterCondition(plan.filter, fieldContext(scope, plan.functions, options));
  return compiledQuery(sql`SELECT ${COLUMNS} ${rowsCondition(scope, filter, options)} ORDER BY p.id, p.name LIMIT 2`);
}

/** The statement of a count. */
export function countQuery({ plan, ...scope }: ProjectionFilter, options: TranslationOptions): CompiledQuery {
  const filter = filterCondition(plan.filter, fieldContext(scope, plan.functions, options));
  return compiledQuery(sql`SELECT count(*) ${rowsCondition(scope, filter, options)}`);
}

function fieldContext(
  { name }: ProjectionScope,
  functions: QueryFunctions,
  { indexedPaths }: TranslationOptions,
): FieldContext {
  return { functions, indexedPaths: (name === undefined ? undefined : indexedPaths.get(name)) ?? NO_PATHS };
}

function rowsCondition(scope: ProjectionScope, filter: SQL, { tables, indexedPaths }: TranslationOptions): SQL {
  const isIndexedName = scope.name !== undefined && indexedPaths.has(scope.name);
  const visible = scopeCondition(scope, { tables, isIndexedName });
  return sql`FROM ${sql.raw(tables.projections)} AS p WHERE ${visible} AND ${filter}`;
}
