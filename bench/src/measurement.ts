import type { Candidate, Row, RunningCandidate, Target } from "./candidate.ts";

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

/** How long one unit of ours took, where a row says how long it may. */
export interface DurationResult {
  readonly mostMs: number;
  readonly medianMs: number;
  readonly isMet: boolean;
}

/** What a row came to. */
export interface RowResult {
  readonly work: string;
  readonly unit: string;
  readonly candidates: readonly CandidateResult[];
  readonly targets: readonly TargetResult[];
  readonly duration: DurationResult | undefined;
}

/** Runs every candidate once to warm up, then all of them in turn, round by round, so that none has the better hour. */
export async function measureRow(row: Row, rounds: number, onRound: () => void): Promise<RowResult> {
  const running: { readonly name: string; readonly candidate: RunningCandidate; readonly rates: number[] }[] = [];
  try {
    for (const { name, start } of row.candidates) running.push({ name, candidate: await start(), rates: [] });
    for (const { candidate } of running) await candidate.measure();
    for (let round = 0; round < rounds; round++) {
      for (const { candidate, rates } of round % 2 === 0 ? running : running.toReversed()) {
        globalThis.gc?.();
        const { units, elapsedMs } = await candidate.measure();
        rates.push((units / elapsedMs) * 1000);
      }
      onRound();
    }
  } finally {
    for (const { candidate } of running) await candidate.dispose();
  }
  const rates = new Map(running.map((each) => [each.name, each.rates]));
  return {
    work: row.work,
    unit: row.unit,
    candidates: running.map(resultOf),
    targets: row.targets.map(targetIn(rates, row.candidates[0])),
    duration: durationOf(row, running[0]?.rates ?? []),
  };
}

function durationOf({ mostMs }: Row, rates: readonly number[]): DurationResult | undefined {
  if (mostMs === undefined) return undefined;
  const medianMs = 1000 / median(rates);
  return { mostMs, medianMs, isMet: medianMs <= mostMs };
}

function resultOf({ name, rates }: { readonly name: string; readonly rates: readonly number[] }): CandidateResult {
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
