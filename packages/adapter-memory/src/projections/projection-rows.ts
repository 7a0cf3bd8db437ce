import type { ProjectionScope, StoredProjection } from "@eventfold/projections";
import type { CompletenessNumbers } from "./completeness-numbers.ts";

/** The key of one projection, its version known. */
export interface RowKey {
  readonly name: string;
  readonly projectorVersion: number;
  readonly id: string;
}

/** Values by `(name, projectorVersion, id)`. */
export class ProjectionRows<TRow> {
  readonly #names = new Map<string, Map<number, Map<string, TRow>>>();

  get({ name, projectorVersion, id }: RowKey): TRow | undefined {
    return this.#names.get(name)?.get(projectorVersion)?.get(id);
  }

  has({ name, projectorVersion, id }: RowKey): boolean {
    return this.#names.get(name)?.get(projectorVersion)?.has(id) === true;
  }

  set({ name, projectorVersion, id }: RowKey, row: TRow): void {
    const versions = getOrMake(this.#names, name, () => new Map<number, Map<string, TRow>>());
    getOrMake(versions, projectorVersion, () => new Map<string, TRow>()).set(id, row);
  }

  /** Leaves no empty maps behind. */
  delete({ name, projectorVersion, id }: RowKey): void {
    const versions = this.#names.get(name);
    const rows = versions?.get(projectorVersion);
    rows?.delete(id);
    if (rows?.size === 0) versions?.delete(projectorVersion);
    if (versions?.size === 0) this.#names.delete(name);
  }

  /** All of them, or those of a name, or of one version of a name. */
  *entries({ name, projectorVersion }: ProjectionScope): Generator<readonly [RowKey, TRow]> {
    for (const [eachName, versions] of selected(this.#names, name)) {
      for (const [eachVersion, rows] of selected(versions, projectorVersion)) {
        for (const [id, row] of rows) yield [{ name: eachName, projectorVersion: eachVersion, id }, row];
      }
    }
  }
}

function getOrMake<TKey, TValue>(map: Map<TKey, TValue>, key: TKey, make: () => TValue): TValue {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function* selected<TKey, TValue>(map: Map<TKey, TValue>, key: TKey | undefined): Generator<readonly [TKey, TValue]> {
  if (key === undefined) return yield* map;
  const value = map.get(key);
  if (value !== undefined) yield [key, value];
}

/** What can be read: rows, which versions are active, and up to which number projections are complete. */
export interface ProjectionView {
  row(key: RowKey): StoredProjection | undefined;
  /** Of every version where none is named. */
  rows(scope: ProjectionScope): Iterable<StoredProjection>;
  activeVersion(name: string): number | undefined;
  completeness(): CompletenessNumbers;
}
