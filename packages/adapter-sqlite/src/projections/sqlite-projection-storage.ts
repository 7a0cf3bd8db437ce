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
import { FunctionFailure } from "../query/connection-functions.ts";
import type { ProjectionAccess } from "./projection-access.ts";

/** Projections in SQLite, as they are seen from outside or from inside a transaction. */
export class SqliteProjectionStorage implements ProjectionStorage {
  readonly #access: ProjectionAccess;

  constructor(access: ProjectionAccess) {
    this.#access = access;
  }

  get isClosed(): boolean {
    return this.#access.isClosed;
  }

  save(request: ProjectionSaveRequest): Promise<ProjectionSaveResult> {
    return this.#access.write((writer) => writer.save(request));
  }

  startingPoint(request: StartingPointRequest): Promise<ProjectionStartingPoint> {
    return this.#access.read((reader, tables) => reader.startingPoint(request, tables));
  }

  load(key: ProjectionKey): Promise<StoredProjection | undefined> {
    return this.#access.read((reader, tables) => reader.load(key, tables));
  }

  loadMany(keys: ProjectionKeys): Promise<readonly StoredProjection[]> {
    return this.#access.read((reader, tables) => reader.loadMany(keys, tables));
  }

  locate(key: ProjectionSourceKey): Promise<readonly StoredProjection[]> {
    return this.#access.read((reader, tables) => reader.locate(key, tables));
  }

  async search(request: ProjectionSearch): Promise<readonly StoredProjection[]> {
    return unwrap(await this.#access.read((reader, tables) => reader.search(request, tables)));
  }

  async lookup(request: ProjectionFilter): Promise<readonly StoredProjection[]> {
    return unwrap(await this.#access.read((reader, tables) => reader.lookup(request, tables)));
  }

  async count(request: ProjectionFilter): Promise<number> {
    return unwrap(await this.#access.read((reader, tables) => reader.count(request, tables)));
  }

  delete(request: ProjectionDeletion & { readonly id: string }): Promise<number> {
    return this.#access.write((writer) => writer.delete(request));
  }

  clear({ name, projectorVersion }: ProjectionDeletion): Promise<number> {
    return this.#access.write((writer) => writer.clear({ name, projectorVersion }));
  }

  activeVersion(name: string): Promise<number | undefined> {
    return this.#access.read((reader, tables) => reader.activeVersion(name, tables));
  }

  activate(request: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined> {
    return this.#access.write((writer) => writer.activate(request));
  }
}

/** What a user's own function threw is thrown on unchanged: the storage did not fail. */
function unwrap<T>(result: T | FunctionFailure): T {
  if (result instanceof FunctionFailure) throw result.error;
  return result;
}
