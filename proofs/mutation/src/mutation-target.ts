/** A package whose code is changed, and the tests that should notice. */
export interface MutationTarget {
  /** The folder below `packages`. */
  readonly name: string;
  /** Patterns of the files to change, from the root of the checkout; after `!` those to leave alone. */
  readonly mutate: readonly string[];
  /** Patterns of the test files to run. */
  readonly tests: readonly string[];
}

const suites = "proofs/mutation/src/suites";
const eventSuite = `${suites}/event-storage.ts`;
const projectionSuite = `${suites}/projection-storage.ts`;
const processingSuite = `${suites}/processing-storage.ts`;
const usingMemory = ["memory-event-storage-adapter", "inline-projections", "projection-store", "snapshots"].map(
  (name) => `packages/adapter-memory/test/${name}.test.ts`,
);

function target(name: string, tests: readonly string[], leftAlone: readonly string[] = []): MutationTarget {
  const mutate = [`packages/${name}/src/**/*.ts`, ...leftAlone.map((pattern) => `!packages/${name}/src/${pattern}`)];
  return { name, mutate, tests };
}

/**
 * Each package with its own tests and the suites that state its contract. Tests that start processes or servers are left
 * out: their processes would load the code as it is, or be left behind when a changed loop does not end.
 */
export const mutationTargets: readonly MutationTarget[] = [
  target("store", [
    "packages/store/test/*.test.ts",
    "proofs/suite/test/{faults,following}.test.ts",
    eventSuite,
    ...usingMemory,
  ]),
  target("query", ["packages/query/test/*.test.ts"]),
  target("adapter-memory", [eventSuite, projectionSuite, processingSuite, ...usingMemory]),
  target("projections", ["packages/projections/test/*.test.ts", projectionSuite, ...usingMemory]),
];
