import type { SourceIdentifier } from "@eventfold/types";
import type { Projection } from "../projection.ts";

/** Where snapshots are kept: every `ProjectionStore` is one. */
export interface SnapshotStore {
  load(key: {
    readonly name: string;
    readonly id: string;
    readonly projectorVersion: number;
  }): Promise<Projection | undefined>;
  locate(key: {
    readonly name: string;
    readonly source: SourceIdentifier;
    readonly projectorVersion: number;
  }): Promise<Projection | undefined>;
  save(projection: Projection, options: { readonly unchangedSince: Projection | undefined }): Promise<void>;
}

/** How a projector uses snapshots. */
export interface SnapshotOptions {
  readonly store: SnapshotStore;
  /** A new one is saved once at least so many events were read since the last: 1 or more. Default: 100. */
  readonly every?: number | undefined;
}
