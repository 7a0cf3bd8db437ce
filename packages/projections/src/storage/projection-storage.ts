import type { FilterPlan, SearchPlan } from "@eventfold/query";
import type { CategoryIdentifier, LogIdentifier, SourceIdentifier } from "@eventfold/types";
import type { RemovedOption } from "../store/projection-references.ts";
import type { PreparedProjection } from "./prepared-projection.ts";
import type { StoredProjection } from "./stored-projection-of.ts";

/**
 * What a writer saw last under the key of a projection: nothing, or one that had read up to an event. A removed one is seen
 * by those who ask for it.
 */
export type SeenProjection =
  | { readonly kind: "absent" }
  | { readonly kind: "present"; readonly lastSequenceNumber: number };

/** One projection to save, in place of what is stored under its `(name, projectorVersion, id)`. */
export interface ProjectionWrite {
  readonly projection: PreparedProjection;
  /**
   * What must be stored under the same `(name, projectorVersion, id)` now: nothing, or a projection with exactly this
   * `lastSequenceNumber`, removed or not. `undefined`: anything. If a removed projection is stored that has read less than the one
   * to save, "nothing" holds too: a writer that sees nothing may create it anew, but not bring it back from before.
   */
  readonly unchangedSince: SeenProjection | undefined;
}

/** What one number of completeness is about: the projections that one version of a projector makes from one source. */
export interface CompletenessKey {
  readonly name: string;
  readonly projectorVersion: number;
  readonly source: CategoryIdentifier | LogIdentifier;
}

/** A new number up to which projections are complete, in place of the one that was seen. */
export interface CompletenessWrite extends CompletenessKey {
  /** What must be stored now; 0 when nothing is. */
  readonly seen: number;
  /** Every event of the source up to this number is folded in, once the writes of the same save are stored. */
  readonly upTo: number;
}

/** One save: all of its writes take place, or none. */
export interface ProjectionSaveRequest {
  /** At least one, or none with `completeness`; `(name, projectorVersion, id)` is distinct over all of them. */
  readonly writes: readonly ProjectionWrite[];
  /** Given by a writer that keeps all projections of a projector complete; the writes have its name and version. */
  readonly completeness?: CompletenessWrite | undefined;
}

/** Which projections of a projector with a key are to be continued. */
export interface StartingPointRequest extends CompletenessKey {
  /** Distinct; any number, none too. */
  readonly ids: readonly string[];
}

/** From where the projections of a projector with a key are continued. */
export interface ProjectionStartingPoint {
  /** Every event of the source up to this number is folded into its projection; 0 when nothing is known. */
  readonly completeUpTo: number;
  /** Those of the ids that are stored, removed ones too, in any order. */
  readonly projections: readonly StoredProjection[];
}

/** A write whose `unchangedSince` did not hold. */
export interface ConflictingWrite {
  /** The index of the write in the request. */
  readonly write: number;
  /** The `lastSequenceNumber` of what is stored under its key; `undefined` when nothing is. */
  readonly lastSequenceNumber: number | undefined;
}

/**
 * How a save was judged.
 *
 * - `saved`: everything was written.
 * - `conflict`: at least one `unchangedSince` did not hold. All such writes, in request order. Nothing was written.
 * - `overtaken`: every `unchangedSince` held, but the number of completeness is not the one that was seen. Nothing was written.
 */
export type ProjectionSaveResult =
  | { readonly kind: "saved" }
  | { readonly kind: "overtaken"; readonly completeUpTo: number }
  | { readonly kind: "conflict"; readonly conflicts: readonly ConflictingWrite[] };

/** Which projections a read is about. */
export interface ProjectionScope {
  /** `undefined`, which only searches, lookups and counts may ask for: those of all names. */
  readonly name: string | undefined;
  /**
   * `undefined`: the version that is active when the statement reads, each name's own; a name without one has nothing to
   * show. A number, which comes with a name only: that version, active or not.
   */
  readonly projectorVersion: number | undefined;
}

/** The key of one projection, to be read. */
export interface ProjectionKey extends ProjectionScope, RemovedOption {
  readonly name: string;
  readonly id: string;
}

/** The keys of projections of one name, to be read together. */
export interface ProjectionKeys extends ProjectionScope, RemovedOption {
  readonly name: string;
  /** Distinct; any number, none too. */
  readonly ids: readonly string[];
}

/** A source whose projections are looked for. */
export interface ProjectionSourceKey extends ProjectionScope, RemovedOption {
  readonly name: string;
  readonly source: SourceIdentifier;
}

/** A search of stored projections. */
export interface ProjectionSearch extends ProjectionScope {
  /** When a name is given, the filter of the plan binds the same name too, so that ids decide all ties. */
  readonly plan: SearchPlan;
}

/** A lookup or a count of stored projections. */
export interface ProjectionFilter extends ProjectionScope {
  readonly plan: FilterPlan;
}

/** What to delete: of one version, or of every version where `projectorVersion` is `undefined`. */
export interface ProjectionDeletion {
  readonly name: string;
  readonly projectorVersion: number | undefined;
}

/**
 * Where projections are stored: what an adapter offers, and what a transaction of it offers too. The projection store
 * validates before it calls, so an implementation only stores and finds.
 *
 * A projection that is saved with `isRemoved` replaces what was stored, and is then treated as missing: only reads that ask for
 * removed ones find it, no search, lookup or count does, and deletions do not count it. Its key, how far it has read and what was
 * saved with it are kept until it is saved anew, deleted or cleared.
 *
 * Projections are kept under `(name, projectorVersion, id)`. Each name has at most one active version, which is what
 * readers see who name none: the first version that a name is saved under, until {@link ProjectionStorage.activate} says
 * otherwise.
 *
 * For each {@link CompletenessKey} a number is kept, up to which every event of the source is folded into its
 * projection. Only a save with `completeness` raises it. Other writes may leave a projection behind. So a save without
 * it lowers the numbers of its names and versions to the lowest `lastSequenceNumber` that it writes under them, and
 * deleting or clearing removes them.
 *
 * Every later read, by this adapter or another one, sees what an acknowledged call has written. Each call reads one
 * consistent state: a `search` never shows half a save, or two versions of a name. Results are the caller's to keep;
 * they may be frozen.
 *
 * Every failure of the storage beneath is one of the library's errors (`StorageUnavailableError`, `StorageBusyError`,
 * `StorageFullError` …), recognised by the driver's code, with the driver's error as `cause`. Every call rejects with
 * `AdapterClosedError` or `TransactionEndedError` when {@link ProjectionStorage.isClosed}.
 */
export interface ProjectionStorage {
  /** Whether every further call fails: the adapter is closed, or the transaction has ended. */
  readonly isClosed: boolean;

  /**
   * Saves projections, all or none, judged and written as one indivisible step: of simultaneous saves that saw the same,
   * one goes through. Names without an active version get the version saved here, the first in request order. One
   * statement (for one size of batch), not one per projection.
   *
   * @throws `StorageBusyError` when others held the storage for too long; nothing was written.
   */
  save(request: ProjectionSaveRequest): Promise<ProjectionSaveResult>;

  /** Where to go on with projections of these ids. One statement, whatever the number of ids, by the primary key. */
  startingPoint(request: StartingPointRequest): Promise<ProjectionStartingPoint>;

  /** The projection with this key, or `undefined`. One access by the primary key. */
  load(key: ProjectionKey): Promise<StoredProjection | undefined>;

  /**
   * Those of the projections that are stored, in any order, from one consistent state. One statement, whatever the number of ids,
   * by the primary key.
   */
  loadMany(keys: ProjectionKeys): Promise<readonly StoredProjection[]>;

  /**
   * The projections of exactly this source (its kind and its names), in code-point order of their ids: at most two,
   * since a second is already one too many. By an index.
   */
  locate(key: ProjectionSourceKey): Promise<readonly StoredProjection[]>;

  /**
   * The rows that the plan asks for: those that its filter holds for, behind its start, in its order, after its offset, at
   * most its limit. The store makes the page of them. Meaning and order are exactly those of the evaluator in
   * `@eventfold/query`.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`) when the plan calls a function that the storage cannot compute.
   */
  search(request: ProjectionSearch): Promise<readonly StoredProjection[]>;

  /**
   * The projections that the plan's filter holds for, in code-point order of their ids, then names: at most two, since
   * a second is already one too many.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`) when the plan calls a function that the storage cannot compute.
   */
  lookup(request: ProjectionFilter): Promise<readonly StoredProjection[]>;

  /**
   * How many projections the plan's filter holds for.
   *
   * @throws `InvalidQueryError` (`INVALID_QUERY`) when the plan calls a function that the storage cannot compute.
   */
  count(request: ProjectionFilter): Promise<number>;

  /** Deletes one projection, of one version or of every version. @returns how many went that were not removed before. */
  delete(request: ProjectionDeletion & { readonly id: string }): Promise<number>;

  /**
   * Deletes all projections of a name, of one version or of every version. Without a version the name's active version is
   * forgotten too, so that the next save decides it anew; with one it stays what it was.
   *
   * @returns how many went that were not removed before.
   */
  clear(request: ProjectionDeletion): Promise<number>;

  /** The version of a name that readers see; `undefined` when nothing was ever saved or activated under it. */
  activeVersion(name: string): Promise<number | undefined>;

  /**
   * Makes a version of a name the one that readers see, whether or not anything is stored under it, as one indivisible
   * step: a reader sees the old version or the new one, never parts of both. Activating what is active changes nothing.
   *
   * @returns the version that was active before; `undefined` when none was.
   */
  activate(request: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined>;
}
