import { EventfoldError } from "@eventfold/types";

/** What a {@link ForgottenSubjectError} is made from. */
export interface ForgottenSubjectErrorOptions {
  readonly subjects: readonly [string, ...string[]];
}

/**
 * A key was needed for subjects that were forgotten, as for the publish of an event about one of them. Forgetting is for ever: nothing was
 * stored, and no key was made. If the same person comes back, use a new subject.
 *
 * @example
 * ```ts
 * if (isEventfoldError(error, "FORGOTTEN_SUBJECT")) console.log(error.subjects);
 * ```
 */
export class ForgottenSubjectError extends EventfoldError {
  declare readonly code: "FORGOTTEN_SUBJECT";
  /** All that were forgotten of those that were asked for. */
  readonly subjects: readonly string[];

  constructor({ subjects }: ForgottenSubjectErrorOptions) {
    const [first, ...others] = subjects;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    super(
      `The subject ${JSON.stringify(first)}${more} was forgotten, so nothing can be protected for it any more. Nothing was stored. Use a new subject.`,
      { code: "FORGOTTEN_SUBJECT" },
    );
    this.subjects = subjects;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    FORGOTTEN_SUBJECT: ForgottenSubjectError;
  }
}
