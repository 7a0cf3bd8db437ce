import type { ProjectionScope, StoredProjection } from "@eventfold/projections";
import { CompletenessNumbers } from "./completeness-numbers.ts";
import { ProjectionRows, type ProjectionView, type RowKey } from "./projection-rows.ts";

/** What is committed. */
export class MemoryProjectionTable implements ProjectionView {
  readonly #rows = new ProjectionRows<StoredProjection>();
  readonly #active = new Map<string, number>();
  readonly #completeness = new CompletenessNumbers();

  row(key: RowKey): StoredProjection | undefined {
    return this.#rows.get(key);
  }

  *rows(scope: ProjectionScope): Generator<StoredProjection> {
    for (const [, row] of this.#rows.entries(scope)) yield row;
  }

  activeVersion(name: string): number | undefined {
    return this.#active.get(name);
  }

  completeness(): CompletenessNumbers {
    return this.#completeness;
  }

  /** Takes over what changed, in one step. */
  apply(changes: MemoryProjectionChanges): void {
    for (const [key, row] of changes.changedRows()) {
      if (row === undefined) this.#rows.delete(key);
      else this.#rows.set(key, row);
    }
    for (const [name, version] of changes.changedVersions()) {
      if (version === undefined) this.#active.delete(name);
      else this.#active.set(name, version);
    }
    this.#completeness.takeOver(changes.completeness());
  }
}

/** A table as it will be once its changes are applied: only a writer sees it. */
export class MemoryProjectionChanges implements ProjectionView {
  readonly #table: MemoryProjectionTable;
  /** `undefined` for a row that is deleted. */
  readonly #rows = new ProjectionRows<StoredProjection | undefined>();
  readonly #active = new Map<string, number | undefined>();
  readonly #completeness: CompletenessNumbers;

  constructor(table: MemoryProjectionTable) {
    this.#table = table;
    this.#completeness = new CompletenessNumbers(table.completeness());
  }

  row(key: RowKey): StoredProjection | undefined {
    return this.#rows.has(key) ? this.#rows.get(key) : this.#table.row(key);
  }

  *rows(scope: ProjectionScope): Generator<StoredProjection> {
    for (const row of this.#table.rows(scope)) if (!this.#rows.has(row)) yield row;
    for (const [, row] of this.#rows.entries(scope)) if (row !== undefined) yield row;
  }

  activeVersion(name: string): number | undefined {
    return this.#active.has(name) ? this.#active.get(name) : this.#table.activeVersion(name);
  }

  completeness(): CompletenessNumbers {
    return this.#completeness;
  }

  put(row: StoredProjection): void {
    this.#rows.set(row, row);
  }

  remove(key: RowKey): void {
    this.#rows.set(key, undefined);
  }

  activate(name: string, version: number | undefined): void {
    this.#active.set(name, version);
  }

  changedRows(): Iterable<readonly [RowKey, StoredProjection | undefined]> {
    return this.#rows.entries({ name: undefined, projectorVersion: undefined });
  }

  changedVersions(): Iterable<readonly [string, number | undefined]> {
    return this.#active;
  }
}
