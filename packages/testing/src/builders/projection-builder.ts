import type { Projection } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";

/**
 * Builds a projection, as a projector would make it, for tests of code that reads projections. Every `with…` returns a new
 * builder. The compiler infers the types of state and metadata from the values that were given.
 *
 * @example
 * ```ts
 * const account = aProjection().withName("account").withId("acc-1").withState({ owner: "Ada", balance: 5 });
 * await projectionStore.saveMany([account.build(), account.withId("acc-2").build()]);
 * ```
 */
export class ProjectionBuilder<TState, TMetadata> {
  readonly #projection: Projection<TState, TMetadata>;

  constructor(projection: Projection<TState, TMetadata>) {
    this.#projection = projection;
  }

  /** Unique among the projections of one name and version. */
  withId(id: string): ProjectionBuilder<TState, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, id });
  }

  /** The name of the projector. */
  withName(name: string): ProjectionBuilder<TState, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, name });
  }

  /** Where its events came from. */
  withSource(source: SourceIdentifier): ProjectionBuilder<TState, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, source });
  }

  /** What the events fold to. */
  withState<TOther>(state: TOther): ProjectionBuilder<TOther, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, state });
  }

  /** What the projector notes about the state. */
  withMetadata<TOther>(metadata: TOther): ProjectionBuilder<TState, TOther> {
    return new ProjectionBuilder({ ...this.#projection, metadata });
  }

  /** How far it has read: the sequence number of the last event in it, 0 for none. */
  upTo(lastSequenceNumber: number): ProjectionBuilder<TState, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, lastSequenceNumber });
  }

  /** The version of the projector, 1 or more. */
  withProjectorVersion(projectorVersion: number): ProjectionBuilder<TState, TMetadata> {
    return new ProjectionBuilder({ ...this.#projection, projectorVersion });
  }

  /** The projection; state and metadata are those given, not copies. */
  build(): Projection<TState, TMetadata> {
    return { ...this.#projection };
  }

  /** The given number of such projections. Their ids are the given one with `-1`, `-2` … added. */
  buildMany(count: number): Projection<TState, TMetadata>[] {
    const { id } = this.#projection;
    return Array.from({ length: count }, (_, n) => ({ ...this.#projection, id: `${id}-${n + 1}` }));
  }
}

/** A builder of projections: of version 1, of the stream `things/thing-1`, with an empty state, unless told otherwise. */
export function aProjection(): ProjectionBuilder<Record<never, never>, null> {
  return new ProjectionBuilder({
    id: "thing-1",
    name: "thing",
    source: { kind: "stream", category: "things", stream: "thing-1" },
    state: {},
    metadata: null,
    lastSequenceNumber: 1,
    projectorVersion: 1,
  });
}
