import type { LookupQuery, Page, QueryDocument, SearchQuery } from "@eventfold/query";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import type { Projection } from "../projection.ts";
import type { ProjectorIdentity } from "../projector/projector.ts";
import type { Continuable, LoadedProjection } from "../projector/storable.ts";
import type {
  AllOptions,
  ProjectionId,
  ProjectionIds,
  ProjectionOfSource,
  RemovedOption,
  SaveManyOptions,
  SaveOptions,
  VersionOption,
} from "./projection-references.ts";
import type { UntypedProjections } from "./untyped-projections.ts";

/**
 * The stored projections of one projector. The compiler knows their state and metadata, and every path of a query.
 *
 * Readers see the active version of the name, whichever it is; `projectorVersion` asks for another. The types are those
 * of the given projector: while another version is active, what is read has that version's shape.
 *
 * Get one from `ProjectionStore.of`.
 */
export class ProjectionsOf<TState, TMetadata> {
  readonly #store: UntypedProjections;
  readonly #projector: ProjectorIdentity<TState, TMetadata>;

  constructor(store: UntypedProjections, projector: ProjectorIdentity<TState, TMetadata>) {
    this.#store = store;
    this.#projector = projector;
  }

  /**
   * Saves one projection, see `ProjectionStore.save`.
   *
   * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) for one of another projector, or one that JSON would change.
   * @throws `ProjectionConflictError` (`PROJECTION_CONFLICT`) when what was seen is not what is stored.
   */
  async save(projection: Continuable<TState, TMetadata>, options?: SaveOptions): Promise<void> {
    await this.#store.save(this.#own(projection), options);
  }

  /**
   * Saves projections, all or none, in one step; see `ProjectionStore.saveMany`.
   *
   * @throws as {@link ProjectionsOf.save}.
   */
  async saveMany(projections: readonly Continuable<TState, TMetadata>[], options?: SaveManyOptions): Promise<void> {
    await this.#store.saveMany(
      projections.map((projection) => this.#own(projection)),
      options,
    );
  }

  /** The projection with this id, or `undefined`. */
  async load(key: ProjectionId & RemovedOption): Promise<LoadedProjection<TState, TMetadata> | undefined> {
    return typed<LoadedProjection<TState, TMetadata> | undefined>(
      await this.#store.load({ ...key, name: this.#projector.name }),
    );
  }

  /** Those with these ids that are stored, in the order of the ids, see `ProjectionStore.loadMany`. */
  async loadMany(keys: ProjectionIds): Promise<readonly LoadedProjection<TState, TMetadata>[]> {
    return typed(await this.#store.loadMany({ ...keys, name: this.#projector.name }));
  }

  /** The projection of a source, or `undefined`. @throws `MultipleResultsError` when there is more than one. */
  async locate(key: ProjectionOfSource): Promise<LoadedProjection<TState, TMetadata> | undefined> {
    return typed(await this.#store.locate({ ...key, name: this.#projector.name }));
  }

  /** The one that all filters hold for, or `undefined`. @throws `MultipleResultsError` when there is more than one. */
  async lookup(
    query: LookupQuery<QueryDocument<TState, TMetadata>>,
    options?: VersionOption,
  ): Promise<LoadedProjection<TState, TMetadata> | undefined> {
    return typed(await this.#store.lookup(query, { ...options, name: this.#projector.name }));
  }

  /**
   * A page of those that all filters hold for, sorted.
   *
   * @example
   * ```ts
   * const page = await accounts.search({ sort: [sortBy("state.balance", "desc")], paging: keysetPage({ size: 20 }) });
   * ```
   */
  async search(
    query: SearchQuery<QueryDocument<TState, TMetadata>> = {},
    options?: VersionOption,
  ): Promise<Page<LoadedProjection<TState, TMetadata>>> {
    return typed(await this.#store.search(query, { ...options, name: this.#projector.name }));
  }

  /**
   * All that a search finds, one by one, in its order, see `ProjectionStore.all`.
   *
   * @example
   * ```ts
   * for await (const { state } of accounts.all({ sort: [sortBy("state.balance", "desc")] })) console.log(state.balance);
   * ```
   */
  all(
    query: SearchQuery<QueryDocument<TState, TMetadata>> = {},
    options?: AllOptions,
  ): AsyncGenerator<LoadedProjection<TState, TMetadata>, void, undefined> {
    return typed(this.#store.all(query, { ...options, name: this.#projector.name }));
  }

  /** How many a search finds, on all pages together: its sort and its paging do not matter. */
  async count(query: SearchQuery<QueryDocument<TState, TMetadata>> = {}, options?: VersionOption): Promise<number> {
    return this.#store.count(query, { ...options, name: this.#projector.name });
  }

  /** Deletes a projection, in every version unless one is named. @returns whether there was one. */
  async delete(key: ProjectionId): Promise<boolean> {
    return this.#store.delete({ ...key, name: this.#projector.name });
  }

  /** Deletes all, in every version unless one is named. @returns how many there were. */
  async clear(options?: VersionOption): Promise<number> {
    return this.#store.clear(this.#projector.name, options);
  }

  /** The version that readers see, or `undefined`. */
  async activeVersion(): Promise<number | undefined> {
    return this.#store.activeVersion(this.#projector.name);
  }

  /** Switches readers to the version of this projector, in one step. @returns the version that was active before. */
  async activate(): Promise<number | undefined> {
    const { name, version } = this.#projector;
    return this.#store.activate({ name, projectorVersion: version });
  }

  #own(projection: Projection): Projection {
    const { name } = this.#projector;
    if (projection.name === name) return projection;
    const reason = `it is of the projector ${JSON.stringify(projection.name)}`;
    throw new InvalidProjectionError({ projection: name, path: "name", reason });
  }
}

/** The one place where the projector's types are trusted: the database knows stored projections without types. */
function typed<T>(stored: unknown): T {
  return stored as T;
}
