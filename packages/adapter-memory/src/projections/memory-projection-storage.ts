import type {
  ProjectionDeletion,
  ProjectionFilter,
  ProjectionKey,
  ProjectionKeys,
  ProjectionSaveRequest,
  ProjectionSaveResult,
  ProjectionScope,
  ProjectionSearch,
  ProjectionSourceKey,
  ProjectionStartingPoint,
  ProjectionStorage,
  StartingPointRequest,
  StoredProjection,
} from "@eventfold/projections";
import { compareText, documentTest, plannedRows } from "@eventfold/query";
import type { Lifetime } from "@eventfold/store/adapter";
import { printSourceIdentifier } from "@eventfold/types";
import type { MemoryProjectionChanges } from "./memory-projection-table.ts";
import type { ProjectionView } from "./projection-rows.ts";
import { deleteProjections, saveProjections } from "./projection-writes.ts";

/** What a storage reads from, and how it writes. */
export interface MemoryProjectionAccess {
  readonly view: ProjectionView;
  /** How long it lasts: as the adapter, or as a transaction. */
  readonly lifetime: Lifetime;
  /** Makes changes in one step, when its turn comes. */
  write<T>(work: (changes: MemoryProjectionChanges) => T): Promise<T>;
}

/** Projections, as they are seen from outside or from inside a transaction. */
export class MemoryProjectionStorage implements ProjectionStorage {
  readonly #access: MemoryProjectionAccess;

  constructor(access: MemoryProjectionAccess) {
    this.#access = access;
  }

  get isClosed(): boolean {
    return this.#access.lifetime.isEnded;
  }

  save(request: ProjectionSaveRequest): Promise<ProjectionSaveResult> {
    return this.#access.write((changes) => saveProjections(changes, request));
  }

  async startingPoint({ ids, ...key }: StartingPointRequest): Promise<ProjectionStartingPoint> {
    return { completeUpTo: this.#view().completeness().upTo(key), projections: this.#rowsOf({ ...key, ids }) };
  }

  async load({ id, ...scope }: ProjectionKey): Promise<StoredProjection | undefined> {
    return this.#rowsOf({ ...scope, ids: [id] })[0];
  }

  async loadMany(keys: ProjectionKeys): Promise<readonly StoredProjection[]> {
    return this.#rowsOf(keys);
  }

  async locate({ source, ...scope }: ProjectionSourceKey): Promise<readonly StoredProjection[]> {
    const wanted = printSourceIdentifier(source);
    return firstTwo(this.#rows(scope).filter((row) => printSourceIdentifier(row.source) === wanted));
  }

  async search({ plan, ...scope }: ProjectionSearch): Promise<readonly StoredProjection[]> {
    return plannedRows(this.#rows(scope), plan);
  }

  async lookup({ plan, ...scope }: ProjectionFilter): Promise<readonly StoredProjection[]> {
    return firstTwo(this.#rows(scope).filter(documentTest(plan.filter, plan.functions)));
  }

  async count({ plan, ...scope }: ProjectionFilter): Promise<number> {
    return this.#rows(scope).filter(documentTest(plan.filter, plan.functions)).length;
  }

  delete(request: ProjectionDeletion & { readonly id: string }): Promise<number> {
    return this.#access.write((changes) => deleteProjections(changes, request));
  }

  clear(request: ProjectionDeletion): Promise<number> {
    return this.#access.write((changes) => {
      if (request.projectorVersion === undefined) changes.activate(request.name, undefined);
      return deleteProjections(changes, request);
    });
  }

  async activeVersion(name: string): Promise<number | undefined> {
    return this.#view().activeVersion(name);
  }

  activate(request: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined> {
    return this.#access.write((changes) => {
      const before = changes.activeVersion(request.name);
      changes.activate(request.name, request.projectorVersion);
      return before;
    });
  }

  #rowsOf({ ids, ...scope }: ProjectionKeys): readonly StoredProjection[] {
    const view = this.#view();
    const { name, projectorVersion = view.activeVersion(name) } = scope;
    if (projectorVersion === undefined) return [];
    return ids.map((id) => view.row({ name, projectorVersion, id })).filter((row) => row !== undefined);
  }

  #view(): ProjectionView {
    this.#access.lifetime.throwIfEnded();
    return this.#access.view;
  }

  /** Those that readers see: of the version asked for, or of the active one of each name. */
  #rows(scope: ProjectionScope): StoredProjection[] {
    const view = this.#view();
    if (scope.name === undefined) {
      return [...view.rows(scope)].filter((row) => view.activeVersion(row.name) === row.projectorVersion);
    }
    const projectorVersion = scope.projectorVersion ?? view.activeVersion(scope.name);
    return projectorVersion === undefined ? [] : [...view.rows({ name: scope.name, projectorVersion })];
  }
}

function firstTwo(rows: readonly StoredProjection[]): readonly StoredProjection[] {
  const inOrder = rows.toSorted((a, b) => compareText(a.id, b.id) || compareText(a.name, b.name));
  return inOrder.slice(0, 2);
}
