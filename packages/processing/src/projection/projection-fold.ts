import type { Projection } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/types";

/** How events of a source become projections, one or many. Each projection is remembered under a key. */
export interface ProjectionFold {
  /** The keys of the projections that an event concerns. */
  keysOf(event: StoredEvent): readonly string[];
  /** What is stored of some projections, by their keys. */
  load(keys: readonly string[]): Promise<ReadonlyMap<string, Projection>>;
  /** Folds events, in order, onto the projections before them. @returns those that have changed, each once, with its key. */
  apply(
    events: readonly StoredEvent[],
    before: ReadonlyMap<string, Projection>,
  ): Iterable<readonly [key: string, projection: Projection]>;
}
