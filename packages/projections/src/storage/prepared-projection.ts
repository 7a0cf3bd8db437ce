import type { SourceIdentifier } from "@eventfold/types";

/**
 * A projection that the projection store has validated and normalised, ready to be stored as it is: the JSON text is
 * made once, there, and an adapter never looks into it.
 *
 * JSON text is canonical: members of objects are in the order of their names by UTF-16 unit, without white space, numbers
 * as JavaScript prints them, so that equal values have equal texts (those of `canonicalJson` in `@eventfold/query`). It is
 * well-formed Unicode without `\u0000`, at most 500 levels deep, and may be as long as a string can be: 16 MB and more.
 */
export interface PreparedProjection {
  /** At most 512 code points, without control characters. Compared exactly. */
  readonly name: string;
  /** From 1 to 2,147,483,647. */
  readonly projectorVersion: number;
  /** At most 512 code points, without control characters. Compared exactly. */
  readonly id: string;
  /** Where its events came from. */
  readonly source: SourceIdentifier;
  /** Canonical JSON text. */
  readonly state: string;
  /** Canonical JSON text; `"null"` for a projection without metadata. */
  readonly metadata: string;
  /** A safe integer of 0 or more. */
  readonly lastSequenceNumber: number;
  /** Of a projection of a stream that has read an event: a safe integer of 0 or more. */
  readonly lastPosition: number | undefined;
  /** Whether only the key and how far it has read are to be remembered: no read shows it that does not ask for removed ones. */
  readonly isRemoved: boolean;
}
