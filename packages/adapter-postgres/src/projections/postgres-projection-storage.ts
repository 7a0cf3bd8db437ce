import type {
  ProjectionDeletion,
  ProjectionFilter,
  ProjectionKey,
  ProjectionKeys,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionSearch,
  ProjectionSourceKey,
  ProjectionStartingPoint,
  ProjectionStorage,
  StartingPointRequest,
  StoredProjection,
} from "@eventfold/projections";
import type { QueryFunctions } from "@eventfold/query";
import type { Lifetime } from "@eventfold/store/adapter";
import type { Statement, TextRow } from "../connection/statement.ts";
import { translateError } from "../errors/translate-error.ts";
import { storedProjectionFrom } from "./projection-row.ts";
import {
  activeVersionStatement,
  countStatement,
  loadManyStatement,
  loadStatement,
  locateStatement,
  lookupStatement,
  searchStatements,
  startingPointFrom,
  startingPointStatement,
} from "./read-statements.ts";
import {
  activateStatement,
  removeStatement,
  saveResult,
  saveStatement,
  type WriteOptions,
} from "./write-statements.ts";

/** How a storage reaches the server. */
export interface ProjectionAccess {
  /** How long it lasts: as long as the adapter, or as a transaction. */
  readonly lifetime: Lifetime;
  /** Runs a statement that reads. */
  read(statement: Statement): Promise<readonly TextRow[]>;
  /** Runs a statement of a query, within the time limit for queries. */
  search(statement: Statement): Promise<readonly TextRow[]>;
  /** Runs a statement that writes. */
  write(statement: Statement): Promise<readonly TextRow[]>;
}

/** What the statements of a storage are made for. */
export interface ProjectionStatementOptions extends WriteOptions {
  /** The functions that queries may call, with their SQL. */
  readonly functions: QueryFunctions;
}

/** Projections, as they are seen from outside or from inside a transaction. */
export class PostgresProjectionStorage implements ProjectionStorage {
  readonly #access: ProjectionAccess;
  readonly #options: ProjectionStatementOptions;

  constructor(access: ProjectionAccess, options: ProjectionStatementOptions) {
    this.#access = access;
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#access.lifetime.isEnded;
  }

  async save(request: ProjectionSaveRequest): Promise<ProjectionSaveResult> {
    return saveResult(await this.#run("write", () => saveStatement(request, this.#options)));
  }

  async startingPoint(request: StartingPointRequest): Promise<ProjectionStartingPoint> {
    return startingPointFrom(await this.#run("read", () => startingPointStatement(this.#options.names, request)));
  }

  async load(key: ProjectionKey): Promise<StoredProjection | undefined> {
    const [row] = await this.#run("read", () => loadStatement(this.#options.names, key));
    return row && storedProjectionFrom(row);
  }

  async loadMany(keys: ProjectionKeys): Promise<readonly StoredProjection[]> {
    const rows = await this.#run("read", () => loadManyStatement(this.#options.names, keys));
    return rows.map(storedProjectionFrom);
  }

  async locate(key: ProjectionSourceKey): Promise<readonly StoredProjection[]> {
    const rows = await this.#run("read", () => locateStatement(this.#options.names, key));
    return rows.map(storedProjectionFrom);
  }

  async search(request: ProjectionSearch): Promise<readonly StoredProjection[]> {
    const { names, functions } = this.#options;
    const { byKey, byWholeText } = searchStatements(names, request, functions);
    let rows = await this.#run("search", () => byKey);
    if (byWholeText !== undefined && rows.some((row) => row.at(-1) === "t"))
      rows = await this.#run("search", byWholeText);
    return rows.map(storedProjectionFrom);
  }

  async lookup(request: ProjectionFilter): Promise<readonly StoredProjection[]> {
    const { names, functions } = this.#options;
    const rows = await this.#run("search", () => lookupStatement(names, request, functions));
    return rows.map(storedProjectionFrom);
  }

  async count(request: ProjectionFilter): Promise<number> {
    const { names, functions } = this.#options;
    return firstNumber(await this.#run("search", () => countStatement(names, request, functions))) ?? 0;
  }

  async delete(request: ProjectionDeletion & { readonly id: string }): Promise<number> {
    return firstNumber(await this.#run("write", () => removeStatement(request, this.#options))) ?? 0;
  }

  async clear({ name, projectorVersion }: ProjectionDeletion): Promise<number> {
    return firstNumber(await this.#run("write", () => removeStatement({ name, projectorVersion }, this.#options))) ?? 0;
  }

  async activeVersion(name: string): Promise<number | undefined> {
    return firstNumber(await this.#run("read", () => activeVersionStatement(this.#options.names, name)));
  }

  async activate(request: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined> {
    return firstNumber(await this.#run("write", () => activateStatement(request, this.#options)));
  }

  async #run(how: "read" | "search" | "write", statement: () => Statement): Promise<readonly TextRow[]> {
    try {
      return await this.#access[how](statement());
    } catch (error) {
      throw translateError(error);
    }
  }
}

function firstNumber(rows: readonly TextRow[]): number | undefined {
  const value = rows[0]?.[0];
  return value == null ? undefined : Number(value);
}
