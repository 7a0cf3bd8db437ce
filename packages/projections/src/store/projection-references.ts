import type { SourceIdentifier } from "@eventfold/types";
import type { Projection } from "../projection.ts";

/** Which version of projections is meant. */
export interface VersionOption {
  /** Default: for reads the active version of each name, for deleting every version. */
  readonly projectorVersion?: number | undefined;
}

/** Which projections a read finds. */
export interface RemovedOption {
  /**
   * Whether projections that an event has removed are found too, with `isRemoved`. A reader that goes on folding needs them, so
   * that it does not fold the same events again. Default: `false`.
   */
  readonly includeRemoved?: boolean | undefined;
}

/** One projection, by its id. */
export interface ProjectionId extends VersionOption {
  readonly id: string;
}

/** One projection, by its name and id. */
export interface ProjectionReference extends ProjectionId {
  readonly name: string;
}

/** Several projections, by their ids. */
export interface ProjectionIds extends VersionOption, RemovedOption {
  /** Any number, in any order; one that is there twice counts once. */
  readonly ids: readonly string[];
}

/** Several projections of one name, by their ids. */
export interface ProjectionReferences extends ProjectionIds {
  readonly name: string;
}

/** The projection of a source. */
export interface ProjectionOfSource extends VersionOption, RemovedOption {
  readonly source: SourceIdentifier;
}

/** The projection of a source, by its name. */
export interface ProjectionSourceReference extends ProjectionOfSource {
  readonly name: string;
}

/** What queries are narrowed to before any filter. */
export interface QueryScope extends VersionOption {
  /** Default: projections of every name. */
  readonly name?: string | undefined;
}

/** How all that a search finds is gone through. */
export interface AllOptions extends VersionOption {
  /** How many are fetched at once, from 1 to 1,000. Default: 500; take fewer where states are large. */
  readonly pageSize?: number | undefined;
  /** Ends it: its next step rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What one save relies on. */
export interface SaveOptions {
  /**
   * What was last seen under the same name, version and id; saved only when that is still what is stored, by its
   * `lastSequenceNumber`. Pass what `load` returned: `undefined` counts too, and says that there was none. Without the
   * member whatever is stored is replaced.
   */
  readonly unchangedSince?: Pick<Projection, "lastSequenceNumber"> | undefined;
}

/** What was seen of one projection. */
export type SeenKey = Pick<Projection, "name" | "projectorVersion" | "id" | "lastSequenceNumber">;

/** What a save of many relies on. */
export interface SaveManyOptions {
  /**
   * What was last seen of the projections to be saved; one that is not listed was not stored. They are saved only if
   * all of that still holds. Default: whatever is stored is replaced.
   */
  readonly unchangedSince?: readonly SeenKey[] | undefined;
}
