import { InvalidNameError, isUnawaited } from "@eventfold/types";

/** The most code points of a subject. With `subject:` before it, it is still a tag. */
const LONGEST_SUBJECT = 200;

const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * Checks a subject: a non-empty, well-formed string of at most 200 code points, without control characters. Subjects are compared exactly.
 *
 * @returns the subject, unchanged.
 * @throws `InvalidNameError` (`INVALID_NAME`) for anything else.
 */
export function checkedSubject(subject: unknown): string {
  const reason = faultOf(subject);
  if (reason !== undefined) throw new InvalidNameError({ kind: "subject", name: subject, reason });
  return subject as string;
}

/** What is wrong with a subject, as the end of a sentence; `undefined` when nothing is. */
export function faultOf(subject: unknown): string | undefined {
  if (isUnawaited(subject)) return "expected a string, got a promise";
  if (typeof subject !== "string") return `expected a string, got ${subject === null ? "null" : typeof subject}`;
  if (subject === "") return "it is empty";
  if (subject.length > 2 * LONGEST_SUBJECT || [...subject].length > LONGEST_SUBJECT) {
    return `it is longer than ${LONGEST_SUBJECT} code points`;
  }
  if (CONTROL_CHARACTER.test(subject)) return "it contains a control character";
  return subject.isWellFormed() ? undefined : "it contains a lone surrogate";
}
