import type { Projection } from "@eventfold/projections";
import fc from "fast-check";
import { jsonValues } from "./json-values.ts";
import { eventNames, streamNames } from "./names.ts";
import { projectionStates } from "./projection-states.ts";
import { sourceIdentifiers } from "./source-identifiers.ts";

/**
 * Projections as a store takes them. There are few names and ids, so that equal ones occur; sets may contain the same one twice.
 *
 * @example
 * ```ts
 * await fc.assert(fc.asyncProperty(storableProjections, async (projection) => {
 *   await projectionStore.save(projection);
 *   assert.equal((await projectionStore.load(projection))?.lastSequenceNumber, projection.lastSequenceNumber);
 * }));
 * ```
 */
export const storableProjections: fc.Arbitrary<Projection> = fc.record({
  id: streamNames,
  name: eventNames,
  source: sourceIdentifiers,
  state: projectionStates,
  metadata: fc.oneof(fc.constant(null), jsonValues),
  lastSequenceNumber: fc.oneof(fc.nat(30), fc.maxSafeNat()),
  projectorVersion: fc.integer({ min: 1, max: 3 }),
});
