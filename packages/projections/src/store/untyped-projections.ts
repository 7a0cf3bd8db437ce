import type { LookupQuery, Page, SearchQuery } from "@eventfold/query";
import type { Projection } from "../projection.ts";
import type { StoredProjection } from "../storage/stored-projection-of.ts";
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

/** What a store does with projections of any name: what its view of one projector works with. */
export interface UntypedProjections {
  save(projection: Projection, options?: SaveOptions): Promise<void>;
  saveMany(projections: readonly Projection[], options?: SaveManyOptions): Promise<void>;
  load(reference: ProjectionReference & RemovedOption): Promise<StoredProjection | undefined>;
  loadMany(references: ProjectionReferences): Promise<readonly StoredProjection[]>;
  locate(reference: ProjectionSourceReference): Promise<StoredProjection | undefined>;
  lookup(query: LookupQuery<never>, scope: QueryScope): Promise<StoredProjection | undefined>;
  search(query: SearchQuery<never>, scope: QueryScope): Promise<Page<StoredProjection>>;
  all(query: SearchQuery<never>, options: QueryScope & AllOptions): AsyncGenerator<StoredProjection, void, undefined>;
  count(query: SearchQuery<never>, scope: QueryScope): Promise<number>;
  delete(reference: ProjectionReference): Promise<boolean>;
  clear(name: string, options?: VersionOption): Promise<number>;
  activeVersion(name: string): Promise<number | undefined>;
  activate(reference: { readonly name: string; readonly projectorVersion: number }): Promise<number | undefined>;
}
