import type { Projection } from "@eventfold/projections";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** The members of every projector, without the types that the compiler has checked. */
interface AnyProjector {
  readonly name: string;
  readonly version: number;
  readonly source: SourceIdentifier["kind"];
}

/** A projector of one projection for each source, without its types. */
export interface UntypedProjector extends AnyProjector {
  initial(source: SourceIdentifier): Projection;
  apply(projection: Projection, events: readonly StoredEvent[]): Projection;
  idOf(source: SourceIdentifier): string | undefined;
  readonly keysOf?: undefined;
}

/** A projector with a key, without its types. */
export interface UntypedKeyedProjector extends AnyProjector {
  initial(source: SourceIdentifier, key: string): Projection;
  readonly merges: boolean;
  keysOf(event: StoredEvent): readonly string[];
  applyMany(
    events: readonly StoredEvent[],
    options: { readonly source: SourceIdentifier; readonly projections: readonly Projection[] },
  ): readonly Projection[];
}
