import type { Candidate, Limit, Row, RunningCandidate, Sample, Target } from "./candidate.ts";
import { median } from "./median.ts";

/** What the rounds of one candidate came to, in units per second. */
export interface CandidateResult {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How a target was met: the median of the ratios of rounds run side by side. */
export interface TargetResult extends Target {
  readonly ratio: number;
  readonly isMet: boolean;
}

/** How a limit was kept. Without a limit `most` is `undefined`, and `value` is only reported. */
export interface LimitResult {
  readonly what: string;
  readonly unit: string;
  readonly most: number | undefined;
  readonly value: number;
  readonly isMet: boolean;
}

/** What a row came to. */
export interface RowResult {
  readonly work: string;
  readonly unit: string;
  readonly candidates: readonly CandidateResult[];
  readonly targets: readonly TargetResult[];
  readonly limits: readonly LimitResult[];
}

/** Runs every candidate once to warm up, then all of them in turn, round by round, so that none has the better hour. */
export async function measureRow(row: Row, rounds: number, onRound: () => void): Promise<RowResult> {
  const running: { readonly name: string; readonly candidate: RunningCandidate; readonly samples: Sample[] }[] = [];
  try {
    for (const { name, start } of row.candidates) running.push({ name, candidate: await start(), samples: [] });
    for (const { candidate } of running) await candidate.measure();
    for (let round = 0; round < rounds; round++) {
      for (const { candidate, samples } of round % 2 === 0 ? running : running.toReversed()) {
        globalThis.gc?.();
        samples.push(await candidate.measure());
      }
      onRound();
    }
  } finally {
    for (const { candidate } of running) await candidate.dispose();
  }
  const rates = new Map(running.map(({ name, samples }) => [name, samples.map(rateOf)]));
  return {
    work: row.work,
    unit: row.unit,
    candidates: [...rates].map(resultOf),
    targets: row.targets.map(targetIn(rates, row.candidates[0])),
    limits: (row.limits ?? []).map(
      limitIn((name) => running.find((each) => each.name === name)?.samples ?? [], row.candidates[0]),
    ),
  };
}

function rateOf({ units, elapsedMs }: Sample): number {
  return (units / elapsedMs) * 1000;
}

function limitIn(samplesOf: (name: string) => readonly Sample[], own: Candidate): (limit: Limit) => LimitResult {
  return ({ what, unit, most, of }) => {
    const value = of(samplesOf(own.name), samplesOf);
    return { what, unit, most, value, isMet: most === undefined || value <= most };
  };
}

function resultOf([name, rates]: readonly [string, readonly number[]]): CandidateResult {
  return { name, median: median(rates), least: Math.min(...rates), most: Math.max(...rates) };
}

function targetIn(rates: ReadonlyMap<string, readonly number[]>, own: Candidate): (target: Target) => TargetResult {
  const ownRates = rates.get(own.name) ?? [];
  return (target) => {
    const others = rates.get(target.against);
    if (others === undefined) throw new RangeError(`No candidate "${target.against}" in this row.`);
    const ratio = median(ownRates.map((rate, round) => rate / (others[round] ?? Number.NaN)));
    return { ...target, ratio, isMet: ratio >= target.leastRatio };
  };
}
