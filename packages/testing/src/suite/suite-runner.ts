/**
 * What a suite needs from a test runner: the module `vitest`, the module `node:test`, or an object of Jest's globals
 * `{ describe, it }`. Callbacks take no arguments.
 *
 * @example
 * ```ts
 * import * as vitest from "vitest";
 * eventStorageAdapterSuite(vitest, { name: "my adapter", create });
 * ```
 */
export interface SuiteRunner {
  /** Groups the tests that the body registers. */
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: SuiteTestFunction;
}

/** Registers a test. */
export interface SuiteTestFunction {
  /**
   * The third argument is the time limit in milliseconds, which vitest and Jest observe and `node:test` ignores. Every test of
   * a suite ends a little earlier by its own limit, with a message that says what it waited for.
   */
  (title: string, body: () => Promise<void>, timeLimitMs: number): unknown;
  /** Registers a test that is not run. */
  readonly skip: (title: string, body: () => Promise<void>) => unknown;
}
