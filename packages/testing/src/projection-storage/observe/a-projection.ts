import type { Projection } from "@eventfold/projections";

/** A projection of the stream that its id names, with the members that a test cares about. */
export function aProjection(own: Partial<Projection> = {}): Projection {
  const id = own.id ?? "acc-1";
  return {
    id,
    name: "account",
    source: { kind: "stream", category: "accounts", stream: id },
    state: { owner: "Ada", balance: 5 },
    metadata: null,
    lastSequenceNumber: 1,
    projectorVersion: 1,
    ...own,
  };
}

/** The given number of projections, whose states contain their number. */
export function someProjections(count: number, own: Partial<Projection> = {}): Projection[] {
  return Array.from({ length: count }, (_, n) => aProjection({ id: `acc-${n}`, state: { n }, ...own }));
}
