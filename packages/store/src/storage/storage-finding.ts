/**
 * How bad something is.
 *
 * - `danger`: events may be lost or damaged.
 * - `warning`: speed or availability suffers, or soon will.
 * - `notice`: it is worth knowing, and may be meant so.
 */
export type FindingSeverity = "danger" | "warning" | "notice";

/** Something that was looked at and is as it should be. */
export interface SoundFinding {
  readonly severity: "sound";
  /** What was looked at: `synchronous_commit`, `journal mode`. The same in every release. */
  readonly subject: string;
  /** What was seen, as a short text. */
  readonly seen: string;
}

/** Something that was looked at and is not as it should be. */
export interface AdverseFinding {
  readonly severity: FindingSeverity;
  /** What was looked at: `synchronous_commit`, `journal mode`. The same in every release. */
  readonly subject: string;
  /** What was seen, as a short text. */
  readonly seen: string;
  /** Why it matters, as sentences. */
  readonly why: string;
  /** What to do, as sentences. */
  readonly advice: string;
}

/** What was found when the storage was looked at. */
export type StorageFinding = SoundFinding | AdverseFinding;

const ORDER: readonly StorageFinding["severity"][] = ["danger", "warning", "notice", "sound"];

/** The findings, the worst first, and otherwise in their order. */
export function worstFirst(findings: readonly StorageFinding[]): readonly StorageFinding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
