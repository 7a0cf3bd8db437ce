import type { Projection, ProjectorSource } from "@eventfold/projections";

interface AnyProjectorIdentity {
  readonly name: string;
  readonly version: number;
  readonly source: ProjectorSource;
  /** How sources are read for it, where its events are defined. */
  readonly reading?: object | undefined;
  initial(source: never, key: never): Projection;
}

/** A `Projector`, whatever it folds and makes. */
export interface AnySingleProjector extends AnyProjectorIdentity {
  /** As `Projector.apply`. */
  apply(projection: never, events: never): Projection;
  /** As `Projector.project`. */
  project(source: never, options?: never): Promise<Projection>;
}

/** A `KeyedProjector`, whatever it folds and makes. */
export interface AnyKeyedProjector extends AnyProjectorIdentity {
  /** As `KeyedProjector.keysOf`. */
  keysOf(event: never): readonly string[];
  /** As `KeyedProjector.projectMany`. */
  projectMany(source: never, options?: never): Promise<readonly Projection[]>;
}

/**
 * A projector, whatever it folds and makes: with one projection per source, or with one per key. Tools that are given the
 * projectors of others take them as this.
 *
 * @example
 * ```ts
 * const projectors: readonly AnyProjector[] = [accountProjector, ownerProjector];
 * ```
 */
export type AnyProjector = AnySingleProjector | AnyKeyedProjector;
