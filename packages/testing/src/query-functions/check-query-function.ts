import { AssertionError } from "node:assert";
import { randomUUID } from "node:crypto";
import type { ProjectionStorage } from "@eventfold/projections";
import type { AnyQueryFunction } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { constants, foundValues } from "./argument-values.ts";
import { FunctionTrial, type TrialArguments } from "./function-trial.ts";

/** How {@link checkQueryFunction} checks. */
export interface QueryFunctionCheckOptions {
  /** Where the function is computed: `adapter.storage` of an adapter that was opened with it, on a database for tests. */
  readonly storage: ProjectionStorage;
  /**
   * The values that paths find. Default: JSON of every kind, including many texts, numbers and instants, and sometimes no
   * value. Pass your own if the function looks for members that chance never produces.
   */
  readonly values?: fc.Arbitrary<JsonValue | undefined> | undefined;
  /** How many times 20 calls are compared. Default: 100. */
  readonly runs?: number | undefined;
  /** Where the values come from: an integer. Default: a fresh one, which the error names. */
  readonly seed?: number | undefined;
}

const CALLS_A_RUN = 20;

/**
 * Proves that a storage computes a function of your own as its `evaluate` does: to the bit for numbers, to the character
 * for strings. It saves generated values as projections under a separate name, searches for each by the result that
 * JavaScript computed, and deletes them at the end.
 *
 * @throws `AssertionError` with the simplest call found to differ, and the seed.
 * @throws `InvalidQueryError` (`INVALID_QUERY`) when the storage does not know the function.
 *
 * @example
 * ```ts
 * const projections = await PostgresProjectionStorageAdapter.open({
 *   connectionString: "postgres://localhost/test",
 *   functions: [functionInSql(initial, (name) => sql`case jsonb_typeof(${name}) when 'string' then left(${name} #>> '{}', 1) end`)],
 * });
 * await checkQueryFunction(initial, { storage: projections.storage });
 * ```
 */
export async function checkQueryFunction(
  definition: AnyQueryFunction,
  { storage, values = foundValues, runs = 100, seed }: QueryFunctionCheckOptions,
): Promise<void> {
  const trial = new FunctionTrial(definition, { storage, name: `check-of-${definition.name}-${randomUUID()}` });
  const calls = fc.array(argumentsOf(definition, values), { minLength: 1, maxLength: CALLS_A_RUN, size: "max" });
  try {
    await trial.assertKnown();
    const property = fc.asyncProperty(calls, (generated) => trial.assertAgreement(generated));
    const {
      failed,
      errorInstance,
      seed: usedSeed,
    } = await fc.check(property, { numRuns: runs, ...(seed !== undefined && { seed }) });
    if (!failed) return;
    const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    const message = `${definition.name} does not agree with the storage: ${what} (seed: ${usedSeed})`;
    throw Object.assign(new AssertionError({ message }), { cause: errorInstance });
  } finally {
    await trial.removeAll();
  }
}

function argumentsOf(
  { parameters }: AnyQueryFunction,
  values: fc.Arbitrary<JsonValue | undefined>,
): fc.Arbitrary<TrialArguments> {
  return fc.tuple(...parameters.map((kind) => (kind === "path" ? values : constants[kind])));
}
