/** What one run of a candidate did. */
export interface Sample {
  /** How many events (or rows, or searches) it got through. */
  readonly units: number;
  readonly elapsedMs: number;
  /** The longest time that the event loop was blocked, if it was watched. */
  readonly longestPauseMs?: number;
  /** The most resident memory in the second half of the work over the most in the first half, where it was watched. */
  readonly memoryGrowth?: number;
  /** How long this process, with the driver in it, kept processors busy, where it was metered. */
  readonly clientCpuMs?: number;
  /** How many statements were sent that append events, where they were counted. */
  readonly statements?: number;
  /** How long the server's processes that serve clients kept processors busy, where they were metered. */
  readonly serverCpuMs?: number;
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

/** What else is measured of a row's own candidate besides its speed, and what it is to keep to. */
export interface Limit {
  readonly what: string;
  readonly unit: string;
  /** Absent where the figure is only reported. */
  readonly most?: number;
  /** From the samples of the row's own candidate, and those of the others by name. */
  readonly of: (samples: readonly Sample[], samplesOf: (candidate: string) => readonly Sample[]) => number;
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
