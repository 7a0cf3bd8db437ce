import { EXIT_CODES, type ExitCode, Failure, InterruptedError } from "@eventfold/databases";
import { parseArguments } from "./arguments.ts";
import { errorText } from "./error-text.ts";
import { runCommand } from "./run-command.ts";
import { terminalLines } from "./terminal-text.ts";

/** What the program is given besides its arguments. */
export interface ProgramContext {
  readonly version: string;
  /** What relative paths are relative to. */
  readonly directory: string;
  /** Stops it cleanly. */
  readonly signal: AbortSignal;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Runs the program on the arguments of the command line, and returns what the shell is to be told. */
export async function runProgram(
  args: readonly string[],
  { version, directory, signal, writeOut, writeError }: ProgramContext,
): Promise<ExitCode> {
  try {
    const parsed = parseArguments(args, { version, writeOut, writeError });
    if (parsed.kind === "answered") return parsed.exitCode;
    const note = (text: string): void => writeError(`${terminalLines(text)}\n`);
    writeOut(await runCommand(parsed, { directory, signal, note }));
    return EXIT_CODES.ok;
  } catch (thrown) {
    // A server of its own is interrupted by the same Ctrl-C: what fails then, fails because it was to stop.
    const error: unknown = signal.aborted ? signal.reason : thrown;
    writeError(`${errorText(error)}\n`);
    return error instanceof Failure || error instanceof InterruptedError ? error.exitCode : EXIT_CODES.failed;
  }
}
