import type { JsonValue } from "@eventfold/types";

/** The greatest version that a payload may have: what every database holds as an integer. */
export const VERSION_LIMIT = 2_147_483_647;

/** What the JSON texts of an event parse to. */
export interface ParsedTexts {
  readonly payload: JsonValue;
  readonly metadata: JsonValue;
}

/**
 * An event that the store has validated and normalised, ready to be stored as it is: the JSON text is made once, here,
 * and an adapter never looks into it.
 */
export interface PreparedEvent {
  /** A canonical lower-case UUID. */
  readonly id: string;
  readonly name: string;
  /** JSON text, well-formed Unicode without `\u0000`, at most 500 levels deep. */
  readonly payload: string;
  /** JSON text, or `null` when the event has no metadata. */
  readonly metadata: string | null;
  /**
   * What the texts parse to, in copies of its own, so that a publish need not parse them for the events it returns.
   * Hand them out only once. Absent when the event was prepared without them.
   */
  readonly parsed?: ParsedTexts | undefined;
  /** From 1 to 2,147,483,647. */
  readonly version: number;
  /** Epoch milliseconds within the years 1 to 9999. */
  readonly observedAtMs: number;
  /** Epoch milliseconds within the years 1 to 9999. */
  readonly occurredAtMs: number;
  /** Distinct, at most 100, in the order in which they are to come back; mostly empty. */
  readonly tags: readonly string[];
}
