/** A test runner that the suites promise to run under. */
export interface SuiteRunnerInUse {
  readonly name: string;
  /** Its name as part of a file's. */
  readonly key: string;
  /** The line by which a test file comes by what the suites take, as `runner`. */
  readonly importLine: string;
  /** What Node is started with to run a test file, or only those of its tests whose titles hold a text. */
  readonly args: (file: string, only?: string) => readonly string[];
}

/** Every runner that the suites promise to run under, as a consumer of the packages starts it. */
export const suiteRunners: readonly SuiteRunnerInUse[] = [
  {
    name: "vitest",
    key: "vitest",
    importLine: 'import * as runner from "vitest";',
    args: (file, only = ".") => ["node_modules/vitest/vitest.mjs", "run", file, "--testNamePattern", only],
  },
  {
    name: "node:test",
    key: "node",
    importLine: 'import * as runner from "node:test";',
    args: (file, only = ".") => ["--test", `--test-name-pattern=${only}`, file],
  },
  {
    name: "Jest",
    key: "jest",
    importLine: "const runner = { describe, it };",
    args: (file, only = ".") => [
      "--experimental-vm-modules",
      "node_modules/jest/bin/jest.js",
      file,
      `--testNamePattern=${only}`,
    ],
  },
];

/**
 * A test file that runs both suites against the memory adapters, as a user would write it. `changes` are members that the
 * storage of events has in place of its own, as JavaScript.
 *
 * The memory adapter passes the whole suites elsewhere. What a runner can break is how tests are registered, run, timed and
 * reported, and what a realm of its own changes: timers and turns of the event loop (5, 7, 18), aborts and unhandled
 * rejections (14), classes and prototypes of values that cross it (9, 10, 22), errors (1, 2, 3, 6, 15, 19,
 * transactions), skips (20).
 */
export function memorySuites(importLine: string, changes = "{}"): string {
  return `${importLine}
import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { eventStorageAdapterSuite, projectionStorageAdapterSuite } from "@eventfold/testing";

const capabilities = { durable: false, sharedStorage: false };

eventStorageAdapterSuite(runner, {
  name: "memory",
  create: async () => ({
    open: async (settings) => {
      const adapter = await MemoryEventStorageAdapter.open(settings);
      Object.assign(adapter.storage, ${changes});
      return adapter;
    },
    dispose: async () => {},
  }),
  capabilities,
  rules: [1, 2, 3, 5, 6, 7, 9, 10, 14, 15, 18, 19, 20, 22, "transactions"],
});

projectionStorageAdapterSuite(runner, {
  name: "memory",
  create: async () => ({ open: (settings) => MemoryProjectionStorageAdapter.open(settings), dispose: async () => {} }),
  capabilities,
  canShare: false,
  rules: ["saving", "deleting", "transactions", "life cycle"],
});
`;
}
