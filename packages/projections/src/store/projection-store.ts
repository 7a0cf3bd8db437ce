import { type LookupQuery, MultipleResultsError, type Page, type SearchQuery } from "@eventfold/query";
import type { Projection } from "../projection.ts";
import { checkedProjectionName, checkedProjectorVersion } from "../projection-names.ts";
import type { ProjectorIdentity } from "../projector/projector.ts";
import type { ProjectionStorage } from "../storage/projection-storage.ts";
import type { ProjectionStorageAdapter } from "../storage/projection-storage-adapter.ts";
import type { StoredProjection } from "../storage/stored-projection-of.ts";
import { checkedSource } from "./checked-source.ts";
import {
  allProjections,
  checkedScope,
  countProjections,
  lookupProjection,
  type QueryTarget,
  searchProjections,
} from "./projection-queries.ts";
import type {
  AllOptions,
  ProjectionReference,
  ProjectionReferences,
  ProjectionSourceReference,
  QueryScope,
  RemovedOption,
  SaveManyOptions,
  SaveOptions,
  VersionOption,
} from "./projection-references.ts";
import { ProjectionsOf } from "./projections-of.ts";
import { saveProjections, seenAmong, seenAs } from "./save-projections.ts";
import type { UntypedProjections } from "./untyped-projections.ts";

/** How a projection store is made. */
export interface ProjectionStoreOptions {
  /** Where projections are stored: an opened adapter. The store never closes it. */
  readonly adapter: ProjectionStorageAdapter;
  /** An open transaction to save and read in, see {@link ProjectionStore.within}. Default: none. */
  readonly transaction?: object | undefined;
}

/**
 * Saves, loads and searches projections.
 *
 * They are kept under `(name, projectorVersion, id)`. Readers who name no version see the active one of each name: the
 * first that was saved under it, until {@link ProjectionStore.activate} switches. What is read is what JSON gives back,
 * with the members of objects in the order of their names.
 *
 * @example
 * ```ts
 * const projectionStore = new ProjectionStore({ adapter: projectionAdapter });
 * const accounts = projectionStore.of(accountProjector);
 * await accounts.save(await accountProjector.project(stream));
 * const page = await accounts.search({ filters: [filter("state.balance", "greater_than", 100)] });
 * ```
 */
export class ProjectionStore implements UntypedProjections {
  readonly #options: ProjectionStoreOptions;
  readonly #target: QueryTarget;

  constructor(options: ProjectionStoreOptions) {
    const { adapter, transaction } = options;
    if (typeof adapter?.storage?.save !== "function" || typeof adapter.within !== "function") {
      throw new TypeError("A projection store needs an opened adapter: `await SomeProjectionStorageAdapter.open(…)`.");
    }
    this.#options = options;
    const storage = transaction === undefined ? adapter.storage : adapter.within(transaction);
    this.#target = { storage, functions: adapter.functions };
  }

  /** This store for the projections of one projector: it fixes their name, and the types of state and metadata. */
  of<TState, TMetadata>(projector: ProjectorIdentity<TState, TMetadata>): ProjectionsOf<TState, TMetadata> {
    return new ProjectionsOf(this, projector);
  }

  /**
   * Saves one projection in place of what is stored under its name, version and id.
   *
   * @throws as {@link ProjectionStore.saveMany}.
   *
   * @example
   * ```ts
   * const seen = await projectionStore.load({ name: "account", id: "acc-1" });
   * await projectionStore.save(projection, { unchangedSince: seen });
   * ```
   */
  async save(projection: Projection, options: SaveOptions = {}): Promise<void> {
    const seen = Object.hasOwn(options, "unchangedSince") ? seenAs(options.unchangedSince) : undefined;
    await saveProjections(this.#target.storage, [{ projection, seen }]);
  }

  /**
   * Saves projections, all or none, in one step; without any it does nothing.
   *
   * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) for a state or metadata that JSON would change: `NaN`,
   * `bigint`, functions, maps, cycles, lone surrogates, more than 500 levels. A `Date` becomes a string, as in JSON.
   * @throws `ProjectionConflictError` (`PROJECTION_CONFLICT`) when what was seen is not what is stored; nothing was
   * saved.
   * @throws `InvalidNameError` (`INVALID_NAME`) for a bad name or id; `RangeError` for one that appears twice in the
   * list.
   */
  async saveMany(projections: readonly Projection[], { unchangedSince }: SaveManyOptions = {}): Promise<void> {
    if (projections.length === 0) return;
    const seen = unchangedSince === undefined ? () => undefined : seenAmong(unchangedSince);
    const toSave = projections.map((projection) => ({ projection, seen: seen(projection) }));
    await saveProjections(this.#target.storage, toSave);
  }

  /** The projection with this name and id, or `undefined`. */
  async load({
    id,
    includeRemoved,
    ...scope
  }: ProjectionReference & RemovedOption): Promise<StoredProjection | undefined> {
    const key = { ...namedScope(scope), id: checkedProjectionName("projection id", id) };
    return this.#target.storage.load({ ...key, includeRemoved });
  }

  /**
   * The stored projections with these ids, in the order of the ids: all of them as of one moment, read in one round trip. An id
   * without a projection is left out, so that the result can be passed on as `unchangedSince` of {@link ProjectionStore.saveMany}.
   * An empty list reads nothing. Split very long lists: all of the states are in memory at once.
   *
   * @throws `InvalidNameError` (`INVALID_NAME`) for a bad name or id.
   *
   * @example
   * ```ts
   * const seen = await projectionStore.loadMany({ name: "account", ids: ["acc-1", "acc-2"] });
   * await projectionStore.saveMany(projections, { unchangedSince: seen });
   * ```
   */
  async loadMany({ ids, includeRemoved, ...scope }: ProjectionReferences): Promise<readonly StoredProjection[]> {
    const named = namedScope(scope);
    const distinct = [...new Set(ids.map((id) => checkedProjectionName("projection id", id)))];
    if (distinct.length === 0) return [];
    const found = await this.#target.storage.loadMany({ ...named, ids: distinct, includeRemoved });
    const byId = new Map(found.map((projection) => [projection.id, projection]));
    return distinct.flatMap((id) => byId.get(id) ?? []);
  }

  /**
   * The projection of a source, or `undefined`.
   *
   * @throws `MultipleResultsError` (`MULTIPLE_RESULTS`) when there is more than one, as where a projector has a `key`.
   *
   * @example
   * ```ts
   * const projection = await projectionStore.locate({ name: "account", source: stream.identifier });
   * ```
   */
  async locate({ source, includeRemoved, ...scope }: ProjectionSourceReference): Promise<StoredProjection | undefined> {
    const key = { ...namedScope(scope), source: checkedSource(source) };
    const found = await this.#target.storage.locate({ ...key, includeRemoved });
    if (found.length > 1) throw new MultipleResultsError({ ids: found.map(({ id }) => id) });
    return found[0];
  }

  /**
   * The one projection that all filters hold for, or `undefined`.
   *
   * @throws `MultipleResultsError` (`MULTIPLE_RESULTS`) when there is more than one.
   * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) for a malformed query.
   */
  async lookup(query: LookupQuery<never>, scope: QueryScope = {}): Promise<StoredProjection | undefined> {
    return lookupProjection(this.#target, query, scope);
  }

  /**
   * A page of the projections that all filters hold for, sorted. A page `withTotal` also says how many there are on all pages. They are
   * counted after the page was read, so the two agree only if nobody saves in between.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`), `InvalidCursorError`
   * (`INVALID_CURSOR`) for a malformed query.
   */
  async search(query: SearchQuery<never> = {}, scope: QueryScope = {}): Promise<Page<StoredProjection>> {
    return searchProjections(this.#target, query, scope);
  }

  /**
   * All projections that a search finds, one by one, in its order; its paging does not matter. They are fetched page by page, by
   * keyset, so that any number can be gone through.
   *
   * Each page is as the storage is when it is fetched. What does not change meanwhile is there exactly once; what changes what it is
   * sorted or filtered by may be there twice or not at all, but never twice where the sort is by id, as it is without one. With a
   * name, all are of the version that the first page is of, even when another is activated meanwhile; clear that one when nobody
   * goes through it any more.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) for a malformed query or page size,
   * at the first step.
   * @throws the signal's reason when it is aborted.
   *
   * @example
   * ```ts
   * for await (const { id, state } of projectionStore.all({}, { name: "account", signal })) console.log(id, state);
   * ```
   */
  all(
    query: SearchQuery<never> = {},
    options: QueryScope & AllOptions = {},
  ): AsyncGenerator<StoredProjection, void, undefined> {
    return allProjections(this.#target, query, options);
  }

  /**
   * How many projections a search finds, on all pages together: its sort and its paging do not matter.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`), `UnsupportedRegexError` (`UNSUPPORTED_REGEX`) for a malformed query.
   */
  async count(query: SearchQuery<never> = {}, scope: QueryScope = {}): Promise<number> {
    return countProjections(this.#target, query, scope);
  }

  /** Deletes a projection, in every version unless one is named. @returns whether there was one. */
  async delete({ id, ...scope }: ProjectionReference): Promise<boolean> {
    const key = { ...namedScope(scope), id: checkedProjectionName("projection id", id) };
    return (await this.#target.storage.delete(key)) > 0;
  }

  /**
   * Deletes all projections of a name: in every version, forgetting which was active, or in the version that is named.
   *
   * @returns how many there were.
   */
  async clear(name: string, { projectorVersion }: VersionOption = {}): Promise<number> {
    return this.#target.storage.clear(namedScope({ name, projectorVersion }));
  }

  /** The version of a name that readers see, or `undefined` when nothing was ever saved or activated under it. */
  async activeVersion(name: string): Promise<number | undefined> {
    return this.#target.storage.activeVersion(checkedProjectionName("projection", name));
  }

  /**
   * Switches readers of a name to a version, in one step: they see the old version or the new one, never parts of both.
   *
   * @returns the version that was active before, or `undefined`: clear it when nobody reads it any more.
   *
   * @example
   * ```ts
   * const before = await projectionStore.activate({ name: "account", projectorVersion: 2 });
   * if (before !== undefined) await projectionStore.clear("account", { projectorVersion: before });
   * ```
   */
  async activate(reference: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined> {
    const name = checkedProjectionName("projection", reference.name);
    const projectorVersion = checkedProjectorVersion(reference.projectorVersion);
    return this.#target.storage.activate({ name, projectorVersion });
  }

  /**
   * This store within an open transaction of its adapter, or of the event adapter that it shares with: what is saved
   * takes place when the transaction commits, together with everything else in it, or never.
   *
   * @throws `UnsuitableTransactionError` (`UNSUITABLE_TRANSACTION`) for a transaction of another database.
   * @throws `TypeError` when the store is within a transaction already.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   await store.within(tx).stream({ category: "accounts", stream: "acc-1" }).publish({ events });
   *   await projectionStore.within(tx).save(projection);
   * });
   * ```
   */
  within(transaction: object): ProjectionStore {
    this.storageWithin(transaction); // which refuses what is not a transaction of the adapter, `undefined` too
    return new ProjectionStore({ ...this.#options, transaction });
  }

  /**
   * The storage beneath, within an open transaction: for what keeps projections itself, such as inline projections.
   *
   * @throws as {@link ProjectionStore.within}.
   *
   * @example
   * ```ts
   * await adapter.transaction(async (tx) => {
   *   const active = await projectionStore.storageWithin(tx).activeVersion("account");
   *   console.log(active);
   * });
   * ```
   */
  storageWithin(transaction: object): ProjectionStorage {
    if (this.#options.transaction !== undefined) {
      throw new TypeError("The projection store is within a transaction already.");
    }
    return this.#options.adapter.within(transaction);
  }
}

function namedScope({ name, projectorVersion }: VersionOption & { readonly name: string }): {
  readonly name: string;
  readonly projectorVersion: number | undefined;
} {
  const scope = checkedScope({ name, projectorVersion });
  return { ...scope, name: checkedProjectionName("projection", name) };
}
