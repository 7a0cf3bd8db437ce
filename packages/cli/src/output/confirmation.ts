import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** What is about to be destroyed or changed for good. */
export interface Confirmation {
  /** Says what is done and to how many, as a statement: `This drops 12 parked events of welcome-mails.` */
  readonly consequence: string;
}

/** How a confirmation is had. */
export interface ConfirmationOptions {
  /** Whether `--yes` was given. */
  readonly isGiven: boolean;
  /** Asks the person at the terminal; `undefined` where nobody can answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * Returns when what is about to happen may happen.
 *
 * @throws `Failure` when it may not, or nobody can be asked.
 */
export async function confirm({ consequence }: Confirmation, { isGiven, ask }: ConfirmationOptions): Promise<void> {
  if (isGiven) return;
  if (ask === undefined) {
    throw new Failure(`${consequence} Nobody can be asked here: give --yes if that is what you want.`, {
      exitCode: EXIT_CODES.usage,
    });
  }
  if (!(await ask(`${consequence} Go on?`))) throw new Failure("Nothing was done.");
}
