import type { SourceIdentifier } from "@eventfold/types";
import type { Projection } from "../projection.ts";

/** Where snapshots are kept: every `ProjectionStore` is one. */
export interface SnapshotStore {
  /** The projection of this version with this id, removed or not, or `undefined`. */
  load(key: {
    readonly name: string;
    readonly id: string;
    readonly projectorVersion: number;
    readonly includeRemoved: true;
  }): Promise<Projection | undefined>;
  /** The projection of this version of this source, removed or not, or `undefined`. */
  locate(key: {
    readonly name: string;
    readonly source: SourceIdentifier;
    readonly projectorVersion: number;
    readonly includeRemoved: true;
  }): Promise<Projection | undefined>;
  /**
   * Saves a projection when what is stored is what was seen.
   *
   * @throws `ProjectionConflictError` (`PROJECTION_CONFLICT`) when it is not.
   */
  save(projection: Projection, options: { readonly unchangedSince: Projection | undefined }): Promise<void>;
}

/** How a projector uses snapshots. */
export interface SnapshotOptions {
  readonly store: SnapshotStore;
  /** A new one is saved once at least so many events were read since the last: 1 or more. Default: 100. */
  readonly every?: number | undefined;
}
