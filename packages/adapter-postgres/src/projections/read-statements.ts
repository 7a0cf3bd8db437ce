import type {
  ProjectionFilter,
  ProjectionKey,
  ProjectionKeys,
  ProjectionScope,
  ProjectionSearch,
  ProjectionSourceKey,
  ProjectionStartingPoint,
  RemovedOption,
  StartingPointRequest,
} from "@eventfold/projections";
import { BUILT_IN_FUNCTIONS, type QueryFunctions } from "@eventfold/query";
import { textArray } from "../connection/binary-array.ts";
import type { Statement, TextRow } from "../connection/statement.ts";
import { compiled } from "../query/compiled.ts";
import { operandsOf } from "../query/field-operand.ts";
import { PostgresDialect } from "../query/postgres-dialect.ts";
import { canHaveCutKey, searchSql, whereSql } from "../query/search-sql.ts";
import { rawSql, type Sql, sql } from "../query/sql.ts";
import type { ProjectionNames } from "./projection-names.ts";
import { projectionColumns, storedProjectionFrom } from "./projection-row.ts";
import { categoryOf, sourceJson } from "./source-json.ts";

/** One projection by its key. */
export function loadStatement(
  names: ProjectionNames,
  { name, projectorVersion, id, ...which }: ProjectionKey,
): Statement {
  return {
    text: `select ${projectionColumns("p")} from ${names.projections} p where p.name = $1 and p.id = $2 and p.projector_version = ${versionText(names, projectorVersion)}${andShown(which)}`,
    values: [name, id, ...(projectorVersion === undefined ? [] : [projectorVersion])],
  };
}

/** Many projections by their keys: see `sql/projections/0004-read/01-load.sql`. */
export function loadManyStatement(names: ProjectionNames, keys: ProjectionKeys): Statement {
  const { name, projectorVersion, ids } = keys;
  return {
    text: `select ${projectionColumns("p")} from ${names.load}($1, ${versionText(names, projectorVersion)}, $2) p where true${andShown(keys)}`,
    values: [name, textArray(ids), ...(projectorVersion === undefined ? [] : [projectorVersion])],
  };
}

/** How far projections are complete, and those with some ids: at least one row, whose first column is the number. */
export function startingPointStatement(names: ProjectionNames, request: StartingPointRequest): Statement {
  const { name, projectorVersion, ids } = request;
  return {
    text: `select (select c.complete_up_to from ${names.completeness} c where c.name = $1 and c.projector_version = $2 and c.category = $3), found.* from (values (0)) one(row) left join (select ${projectionColumns("p")} from ${names.load}($1, $2, $4) p) found on true`,
    values: [name, projectorVersion, categoryOf(request), textArray(ids)],
  };
}

/** The starting point in the rows of {@link startingPointStatement}. */
export function startingPointFrom(rows: readonly TextRow[]): ProjectionStartingPoint {
  return {
    completeUpTo: Number(rows[0]?.[0] ?? 0),
    projections: rows.filter(([, name]) => name != null).map(([, ...row]) => storedProjectionFrom(row)),
  };
}

/** At most two projections of a source, in the order of their ids. */
export function locateStatement(names: ProjectionNames, key: ProjectionSourceKey): Statement {
  const { name, projectorVersion, source } = key;
  return {
    text: `select ${projectionColumns("p")} from ${names.projections} p where p.name = $1 and p.projector_version = ${versionText(names, projectorVersion)} and jsonb_hash_extended(p.source, 0) = jsonb_hash_extended($2::jsonb, 0) and p.source = $2::jsonb${andShown(key)} order by p.id limit 2`,
    values: [name, sourceJson(source), ...(projectorVersion === undefined ? [] : [projectorVersion])],
  };
}

/** The active version of a name. */
export function activeVersionStatement(names: ProjectionNames, name: string): Statement {
  return { text: `select v.active_version from ${names.versions} v where v.name = $1`, values: [name] };
}

/** What keeps removed projections out, unless they are asked for. */
function andShown({ includeRemoved = false }: RemovedOption): string {
  return includeRemoved ? "" : " and not p.is_removed";
}

/** Read in the same statement, so that the version and the rows are of one snapshot. */
function versionText(names: ProjectionNames, projectorVersion: number | undefined): string {
  return projectorVersion === undefined ? `(select v.active_version from ${names.versions} v where v.name = $1)` : "$3";
}

/** A search, in the two ways in which it may have to be run. */
export interface SearchStatements {
  /** The last column says whether a row may be in the wrong place. */
  readonly byKey: Statement;
  /** Made only when it is needed, which is seldom; `undefined` if no row can be in the wrong place. */
  readonly byWholeText: (() => Statement) | undefined;
}

/** The statements of a search: the quick one, and the one for strings too long for their sort key. */
export function searchStatements(
  names: ProjectionNames,
  { plan, ...scope }: ProjectionSearch,
  functions: QueryFunctions = BUILT_IN_FUNCTIONS,
): SearchStatements {
  const dialect = new PostgresDialect(operandsOf({ names, functions }));
  const target = {
    table: rawSql(names.projections),
    scope: scopeSql(names, scope),
    columns: rawSql(projectionColumns("r")),
    dialect,
  };
  const statement = (comparesWhole: boolean) => compiled(searchSql(plan, { ...target, comparesWhole }));
  return {
    byKey: statement(false),
    byWholeText: canHaveCutKey(plan, dialect) ? () => statement(true) : undefined,
  };
}

/** At most two projections for which a filter holds, in the order of their ids. */
export function lookupStatement(
  names: ProjectionNames,
  request: ProjectionFilter,
  functions: QueryFunctions = BUILT_IN_FUNCTIONS,
): Statement {
  const columns = rawSql(projectionColumns("p"));
  return compiled(
    sql`select ${columns} from ${rawSql(names.projections)} p where ${conditionOf(names, request, functions)} order by p.id, p.name limit 2`,
  );
}

/** How many projections a filter holds for. */
export function countStatement(
  names: ProjectionNames,
  request: ProjectionFilter,
  functions: QueryFunctions = BUILT_IN_FUNCTIONS,
): Statement {
  return compiled(
    sql`select count(*) from ${rawSql(names.projections)} p where ${conditionOf(names, request, functions)}`,
  );
}

function conditionOf(names: ProjectionNames, { plan, ...scope }: ProjectionFilter, functions: QueryFunctions): Sql {
  return whereSql(plan, {
    scope: scopeSql(names, scope),
    dialect: new PostgresDialect(operandsOf({ names, functions })),
  });
}

function scopeSql(names: ProjectionNames, { name, projectorVersion }: ProjectionScope): Sql {
  const versions = rawSql(names.versions);
  if (name === undefined) {
    return sql`not p.is_removed and (p.name, p.projector_version) in (select v.name, v.active_version from ${versions} v)`;
  }
  const version =
    projectorVersion === undefined
      ? sql`(select v.active_version from ${versions} v where v.name = ${name}::text)`
      : sql`${projectorVersion}::integer`;
  return sql`p.name = ${name}::text and p.projector_version = ${version} and not p.is_removed`;
}
