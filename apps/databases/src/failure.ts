/** What the shell is told when the command ends. */
export const EXIT_CODES = { ok: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

/** One of {@link EXIT_CODES}. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** How a {@link Failure} ends the command. */
export interface FailureOptions {
  /** Default: `EXIT_CODES.failed`. */
  readonly exitCode?: ExitCode | undefined;
  /** What it came from. */
  readonly cause?: unknown;
}

/**
 * A failure that the person at the terminal can do something about: its message is all that is shown of it, without a
 * stack.
 *
 * @example
 * ```ts
 * throw new Failure("There is nothing at ./nowhere.", { exitCode: EXIT_CODES.usage });
 * ```
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** What the shell is told. */
  readonly exitCode: ExitCode;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT_CODES.failed;
  }
}
