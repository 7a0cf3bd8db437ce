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
  RemovedOption,
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
    return {
      completeUpTo: this.#view().completeness().upTo(key),
      projections: this.#rowsOf({ ...key, ids, includeRemoved: true }),
    };
  }

  async load({ id, ...rest }: ProjectionKey): Promise<StoredProjection | undefined> {
    return this.#rowsOf({ ...rest, ids: [id] })[0];
  }

  async loadMany(keys: ProjectionKeys): Promise<readonly StoredProjection[]> {
    return this.#rowsOf(keys);
  }

  async locate({ source, ...rest }: ProjectionSourceKey): Promise<readonly StoredProjection[]> {
    const wanted = printSourceIdentifier(source);
    return firstTwo(this.#rows(rest).filter((row) => printSourceIdentifier(row.source) === wanted));
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

  #rowsOf({ ids, name, projectorVersion, includeRemoved = false }: ProjectionKeys): readonly StoredProjection[] {
    const view = this.#view();
    const version = projectorVersion ?? view.activeVersion(name);
    if (version === undefined) return [];
    const rows = ids.map((id) => view.row({ name, projectorVersion: version, id }));
    return rows.filter((row) => row !== undefined).filter((row) => includeRemoved || !row.isRemoved);
  }

  #view(): ProjectionView {
    this.#access.lifetime.throwIfEnded();
    return this.#access.view;
  }

  /** Those that readers see: of the version asked for, or of the active one of each name. */
  #rows({ includeRemoved = false, ...scope }: ProjectionScope & RemovedOption): StoredProjection[] {
    return this.#rowsInScope(scope).filter((row) => includeRemoved || !row.isRemoved);
  }

  #rowsInScope({ name, projectorVersion }: ProjectionScope): StoredProjection[] {
    const view = this.#view();
    if (name === undefined) {
      return [...view.rows({ name, projectorVersion })].filter(
        (row) => view.activeVersion(row.name) === row.projectorVersion,
      );
    }
    const version = projectorVersion ?? view.activeVersion(name);
    return version === undefined ? [] : [...view.rows({ name, projectorVersion: version })];
  }
}

function firstTwo(rows: readonly StoredProjection[]): readonly StoredProjection[] {
  const inOrder = rows.toSorted((a, b) => compareText(a.id, b.id) || compareText(a.name, b.name));
  return inOrder.slice(0, 2);
}
