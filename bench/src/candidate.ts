/** What one run of a candidate did. */
export interface Sample {
  /** How many events (or rows, or searches) it got through. */
  readonly units: number;
  readonly elapsedMs: number;
  /** The longest time that the event loop stood still, where it was watched. */
  readonly longestPauseMs?: number;
  /** The most resident memory in the second half of the work over the most in the first half, where it was watched. */
  readonly memoryGrowth?: number;
}

/** A candidate that is set up, with storage of its own. */
export interface RunningCandidate {
  measure(): Promise<Sample>;
  dispose(): Promise<void>;
}

/** One of those that do the same work in a row of the table. */
export interface Candidate {
  readonly name: string;
  start(): Promise<RunningCandidate>;
}

/** What a row's own candidate is to reach, against another one of the same row. */
export interface Target {
  readonly against: string;
  readonly leastRatio: number;
}

/** What a row's own candidate is to keep to besides its speed. */
export interface Limit {
  readonly what: string;
  readonly unit: string;
  readonly most: number;
  readonly of: (samples: readonly Sample[]) => number;
}

/** One row of the table: the same work, done by every candidate in turn. The first candidate is ours. */
export interface Row {
  /** What `--only` selects. */
  readonly group: string;
  readonly work: string;
  readonly unit: string;
  readonly candidates: readonly [Candidate, ...Candidate[]];
  readonly targets: readonly Target[];
  readonly limits?: readonly Limit[];
}
