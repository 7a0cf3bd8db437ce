import type { Projection, ProjectorSource } from "@eventfold/projections";

/**
 * A projector, whatever it folds and makes: with one projection per source, or with one per key. Tools that are given
 * projectors of others take them as this.
 *
 * @example
 * ```ts
 * const projectors: readonly AnyProjector[] = [accountProjector, ownerProjector];
 * ```
 */
export interface AnyProjector {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  /** How sources are read for it, where its events are defined. */
  readonly reading?: object | undefined;
  initial(source: never, key: never): Projection;
  /** That of a projector with one projection per source. */
  apply?(projection: never, events: never): Projection;
  /** That of a projector with one projection per key. */
  applyMany?(events: never, options: never): readonly Projection[];
}
