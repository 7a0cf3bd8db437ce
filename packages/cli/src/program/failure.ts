import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";

/** How a {@link Failure} ends the program. */
export interface FailureOptions {
  /** Default: `EXIT_CODES.failed`. */
  readonly exitCode?: ExitCode | undefined;
  /** A stable code, where it has one; `--json` prints it. */
  readonly code?: string | undefined;
  /** What it came from. */
  readonly cause?: unknown;
}

/**
 * A failure that the person at the terminal can do something about: its message says what failed and what to do, and is all
 * that is shown of it, without a stack.
 *
 * @example
 * ```ts
 * throw new Failure("There is no event 7.", { exitCode: EXIT_CODES.notFound });
 * ```
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  readonly code: string | undefined;

  constructor(message: string, { exitCode = EXIT_CODES.failed, code, cause }: FailureOptions = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
    this.code = code;
  }
}
