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
  StoredProjection,
} from "@eventfold/projections";
import { damagedProjectionError } from "@eventfold/projections";
import type { Cell, Client, Row } from "../connection/client.ts";
import { readConsistently } from "../connection/read-consistently.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import { sqliteCodeOf } from "../connection/translate-error.ts";
import { type CompiledQuery, compiledQuery } from "../query/compiled-query.ts";
import { ConnectionFunctions, FunctionFailure } from "../query/connection-functions.ts";
import { countQuery, lookupQuery, type StateIndexes, searchQueries } from "../query/projection-queries.ts";
import type { ProjectionTables } from "../query/projection-tables.ts";
import { readCompleteness } from "./completeness.ts";
import { PROJECTION_COLUMNS, type ProjectionRow, projectionOf, sourceText } from "./projection-row.ts";

const DAMAGED = `SELECT name, projector_version, id FROM eventfold_projections
  WHERE NOT json_valid(state) OR NOT json_valid(metadata) OR NOT json_valid(source) LIMIT 1`;

/** Reads projections on a connection, from the tables that the caller may see. Everything is synchronous. */
export class ProjectionReader {
  readonly #client: Client;
  readonly #statements: StatementCache;
  readonly #functions: ConnectionFunctions;
  readonly #indexes: StateIndexes;

  constructor(client: Client, indexes: StateIndexes) {
    this.#client = client;
    this.#statements = StatementCache.of(client);
    this.#functions = ConnectionFunctions.of(client);
    this.#indexes = indexes;
  }

  startingPoint({ ids, ...key }: StartingPointRequest, tables: ProjectionTables): ProjectionStartingPoint {
    return readConsistently(this.#client, () => ({
      completeUpTo: readCompleteness(this.#statements, key, tables),
      projections: this.loadMany({ ...key, ids, includeRemoved: true }, tables),
    }));
  }

  load({ id, ...scope }: ProjectionKey, tables: ProjectionTables): StoredProjection | undefined {
    return this.#versionRows(scope, tables, { condition: "p.id = ?", value: id })[0];
  }

  loadMany({ name, projectorVersion, ids, ...which }: ProjectionKeys, tables: ProjectionTables): StoredProjection[] {
    const statement = this.#statements.prepared(
      `SELECT ${PROJECTION_COLUMNS} FROM json_each(?) AS i CROSS JOIN ${tables.projections} AS p
        ON p.name = ? AND p.projector_version = ${versionSql(projectorVersion, tables)} AND p.id = i.value${shownSql(which)}`,
    );
    return statement.all(JSON.stringify(ids), name, projectorVersion ?? name).map(toProjection);
  }

  locate({ source, ...scope }: ProjectionSourceKey, tables: ProjectionTables): StoredProjection[] {
    return this.#versionRows(scope, tables, { condition: "p.source = ?", value: sourceText(source) });
  }

  /** @returns the rows, or how a function of the user's own failed. */
  search(request: ProjectionSearch, tables: ProjectionTables): StoredProjection[] | FunctionFailure {
    const queries = searchQueries(request, { tables, indexes: this.#indexes });
    const found = this.#functions.run(request.plan.functions, () =>
      readConsistently(this.#client, () => {
        const rows: Row[] = [];
        for (const query of queries) {
          if (rows.length < request.plan.limit) rows.push(...this.#all(compiledQuery(query)));
        }
        return rows.slice(0, request.plan.limit);
      }),
    );
    return found instanceof FunctionFailure ? found : found.map(toProjection);
  }

  /** @returns at most two rows, or how a function of the user's own failed. */
  lookup(request: ProjectionFilter, tables: ProjectionTables): StoredProjection[] | FunctionFailure {
    const query = lookupQuery(request, { tables, indexes: this.#indexes });
    const found = this.#functions.run(request.plan.functions, () => this.#all(query));
    return found instanceof FunctionFailure ? found : found.map(toProjection);
  }

  /** @returns the number, or how a function of the user's own failed. */
  count(request: ProjectionFilter, tables: ProjectionTables): number | FunctionFailure {
    const query = countQuery(request, { tables, indexes: this.#indexes });
    return this.#functions.run(request.plan.functions, () => Number(this.#all(query)[0]?.[0]));
  }

  activeVersion(name: string, { versions }: ProjectionTables): number | undefined {
    const found = this.#statements.prepared(`SELECT active_version FROM ${versions} WHERE name = ?`).get(name)?.[0];
    return found === undefined ? undefined : Number(found);
  }

  #versionRows(
    { name, projectorVersion, ...which }: ProjectionScope & RemovedOption & { readonly name: string },
    tables: ProjectionTables,
    wanted: { readonly condition: string; readonly value: string },
  ): StoredProjection[] {
    const statement = this.#statements.prepared(
      `SELECT ${PROJECTION_COLUMNS} FROM ${tables.projections} AS p WHERE p.name = ?
        AND p.projector_version = ${versionSql(projectorVersion, tables)} AND ${wanted.condition}${shownSql(which)} ORDER BY p.id LIMIT 2`,
    );
    return statement.all(name, projectorVersion ?? name, wanted.value).map(toProjection);
  }

  /** Not kept: a query from outside has as many shapes as its sender likes. */
  #all({ sql, values }: CompiledQuery): readonly Row[] {
    try {
      return this.#client
        .prepare<Cell[], Row>(sql)
        .safeIntegers(false)
        .raw(true)
        .all(...values);
    } catch (error) {
      throw damagedProjection(this.#client, error) ?? error;
    }
  }
}

/** One state that is not JSON fails the whole search, and SQLite does not say which one. */
function damagedProjection(client: Client, cause: unknown): Error | undefined {
  if (sqliteCodeOf(cause) !== "SQLITE_ERROR") return undefined;
  try {
    const [row] = client.prepare<[], Row>(DAMAGED).raw(true).all();
    if (row === undefined) return undefined;
    const [name, projectorVersion, id] = row as [string, number, string];
    return damagedProjectionError({ name, projectorVersion, id }, cause);
  } catch {
    return undefined;
  }
}

/** The version that is bound; or the active one of the name that is bound in its place. */
function versionSql(projectorVersion: number | undefined, { versions }: ProjectionTables): string {
  return projectorVersion === undefined ? `(SELECT active_version FROM ${versions} WHERE name = ?)` : "?";
}

/** What keeps removed projections out, unless they are asked for. */
function shownSql({ includeRemoved = false }: RemovedOption): string {
  return includeRemoved ? "" : " AND p.is_removed = 0";
}

function toProjection(row: Row): StoredProjection {
  return projectionOf(row as unknown as ProjectionRow);
}
