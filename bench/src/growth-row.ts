import type { Candidate, Row } from "./candidate.ts";

const STORED = 1_000_000;
const STORED_LESS = 100_000;
const LEAST_RATIO = 0.8;

/** Work that is to be as fast where much is stored already. */
export interface Growth {
  readonly group: string;
  readonly work: string;
  readonly unit: string;
  /** Does the work where so many units are stored. */
  readonly candidate: (name: string, stored: number) => Candidate;
}

/** A row about the same work on ten times what is stored. */
export function growthRow({ group, work, unit, candidate }: Growth): Row {
  const against = `with ${STORED_LESS.toLocaleString("en-US")} stored`;
  return {
    group: `growth ${group}`,
    work: `${work}, ${STORED.toLocaleString("en-US")} ${unit} stored`,
    unit,
    candidates: [candidate("eventfold", STORED), candidate(against, STORED_LESS)],
    targets: [{ against, leastRatio: LEAST_RATIO }],
  };
}
