import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { jsonValues, objectsOf } from "./json-values.ts";

/** States as projections have them: mostly objects. */
export const projectionStates: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 9, arbitrary: objectsOf(jsonValues) },
  { weight: 1, arbitrary: jsonValues },
);
