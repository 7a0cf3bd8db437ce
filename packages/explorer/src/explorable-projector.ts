import type { Projection, ProjectorSource } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";

/**
 * A projector of any types, as `projectorFor` and `defineProjector` make it. One of streams can be folded at any position and time; those
 * of categories and of the log only say how the projections are called that can be searched.
 */
export interface ExplorableProjector {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  /** How sources are read for it, where its events are defined. */
  readonly reading?: object | undefined;
  /** Folds a source. The explorer passes streams to projectors of streams, so that nothing else is asked of its types. */
  project?(source: never, options?: never): Promise<Projection>;
  initial(source: SourceIdentifier & never, key: never): Projection;
}
