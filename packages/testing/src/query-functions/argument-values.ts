import type { ParameterKind } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";
import fc from "fast-check";
import { eventTimes } from "../arbitraries/events.ts";
import { jsonValues, numbers, scalars, texts } from "../arbitraries/json-values.ts";

/** Texts of several words, and numbers that are written in many ways. */
const written: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.oneof(texts, fc.constantFrom(" ", "  ", "\t", "-", "_", ".", ",")), { maxLength: 6 })
    .map((parts) => parts.join("")),
  fc.oneof(numbers, fc.integer()).map(String),
  fc.constantFrom("1.50", "+1", " 7 ", "007", "1e3", "0x10", "1_000", "NaN", "Infinity", "-0"),
);

/** Instants and dates, as ISO writes them, and texts that are nearly such. */
const instants: fc.Arbitrary<string> = fc.oneof(
  eventTimes.map((time) => time.toISOString()),
  eventTimes.map((time) => time.toISOString().slice(0, 10)),
  fc.constantFrom(
    ...[
      "2026-03-29T02:30:00+02:00",
      "2026-03-29T02:30:00",
      "2026-02-30",
      "2026-12-31T24:00:00Z",
      "2016-12-31T23:59:60Z",
    ],
    ...[
      "2026-01-01T00:00:00.1234567Z",
      "2026-01-01T00:00Z",
      "2026-01-01 00:00:00Z",
      "20260101T000000Z",
      "now",
      "infinity",
    ],
  ),
);

/** The values that paths find: JSON of every kind, `undefined` for no value. */
export const foundValues: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  { weight: 3, arbitrary: written },
  { weight: 2, arbitrary: instants },
  { weight: 3, arbitrary: scalars },
  { weight: 2, arbitrary: jsonValues },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** The constants that a call can have for a parameter. */
export const constants = {
  string: fc.oneof(texts, written),
  number: numbers,
  boolean: fc.boolean(),
} satisfies Record<Exclude<ParameterKind, "path">, fc.Arbitrary<JsonValue>>;
