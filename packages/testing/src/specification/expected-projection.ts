import type { Projection } from "@eventfold/projections";

/** The expected projection: the members that a test names are compared, each as a whole. */
export type ExpectedProjection<TState, TMetadata> = Partial<Projection<TState, TMetadata>>;

/** The members of a projection that the expected one names. */
export function namedMembersOf(projection: object, expected: object): object {
  return Object.fromEntries(Object.entries(projection).filter(([member]) => Object.hasOwn(expected, member)));
}
