import { EXIT_CODES, type ExitCode } from "../../src/program/exit-codes.ts";
import type { ProgramContext } from "../../src/program/program-context.ts";
import { runProgram } from "../../src/program/run-program.ts";

/** What a run of the program printed, and what the shell would be told. */
export interface ProgramRun {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs the program in this process, without a terminal. Whatever the context says besides counts. */
export async function runEventfold(
  words: readonly string[],
  context: Partial<ProgramContext> = {},
): Promise<ProgramRun> {
  let out = "";
  let error = "";
  const exitCode = await runProgram(words, {
    version: "1.2.3",
    directory: process.cwd(),
    environment: {},
    signal: new AbortController().signal,
    writeOut: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
    isTerminal: false,
    progressStream: undefined,
    ask: undefined,
    ...context,
  });
  return { exitCode, out, error };
}

/** The same with `--json`: what was printed, parsed line by line. Fails when the program does. */
export async function runForJson(words: readonly string[], context: Partial<ProgramContext> = {}): Promise<unknown[]> {
  const { exitCode, out, error } = await runEventfold([...words, "--json"], context);
  if (exitCode !== EXIT_CODES.ok) throw new Error(`eventfold ${words.join(" ")} ended with ${exitCode}: ${error}`);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
