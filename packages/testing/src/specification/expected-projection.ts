import type { Projection } from "@eventfold/projections";

/** What is expected of a projection: the members that a test names are compared, each as a whole. */
export type ExpectedProjection<TState, TMetadata> = Partial<Projection<TState, TMetadata>>;

/** Those members of a projection that an expected one names. */
export function namedMembersOf(projection: object, expected: object): object {
  return Object.fromEntries(Object.entries(projection).filter(([member]) => Object.hasOwn(expected, member)));
}
