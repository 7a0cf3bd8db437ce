import type { Projection } from "@eventfold/projections";
import { generatedJson } from "./generated-json.ts";
import { generatedName, generatedSourceIdentifier } from "./generated-name.ts";
import type { Random } from "./random.ts";

/** How deep states and metadata nest. */
const DEPTH = 4;

/**
 * A projection whose members have any values that the rules allow.
 *
 * @example
 * ```ts
 * await projectionStore.save(generatedProjection(seededRandom(chosenSeed())));
 * ```
 */
export function generatedProjection(random: Random): Projection {
  return {
    id: generatedName(random, "stream"),
    name: generatedName(random, "stream"),
    source: generatedSourceIdentifier(random),
    state: generatedJson(random, DEPTH),
    metadata: generatedJson(random, DEPTH),
    lastSequenceNumber: random.integer(0, Number.MAX_SAFE_INTEGER - 1),
    projectorVersion: random.integer(1, 2 ** 31 - 1),
  };
}
