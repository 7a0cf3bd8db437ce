#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { rerunWithTypes } from "./config/type-stripping.ts";
import { askAtTerminal } from "./output/ask-at-terminal.ts";
import { EXIT_CODES, type ExitCode } from "./program/exit-codes.ts";
import { listenForInterruption } from "./program/interruption.ts";
import { runProgram } from "./program/run-program.ts";

const words = process.argv.slice(2);

async function main(): Promise<ExitCode | number> {
  const rerun = await rerunWithTypes(words);
  if (rerun !== undefined) return rerun;
  const { stdin, stdout, stderr } = process;
  const interruption = listenForInterruption();
  stderr.on("error", () => interruption.stop(EXIT_CODES.failed)); // There is nowhere left to tell it.
  try {
    return await runProgram(words, {
      version: version(),
      directory: callersDirectory(),
      environment: process.env,
      signal: interruption.signal,
      writeOut,
      writeError: (text) => stderr.write(text),
      isTerminal: stdout.isTTY === true,
      progressStream: stderr.isTTY === true ? stderr : undefined,
      ask: stdin.isTTY === true && stderr.isTTY === true ? askAtTerminal : undefined,
    });
  } finally {
    interruption.dispose();
  }
}

/** A promise where the reader is slower, which whoever writes much waits for. */
function writeOut(text: string): Promise<void> | void {
  if (process.stdout.write(text)) return;
  return new Promise((resolve) => process.stdout.once("drain", resolve));
}

/** A package manager runs a script in the project's root, and tells where it was called. */
function callersDirectory(): string {
  const { INIT_CWD: calledFrom, npm_lifecycle_event: script } = process.env;
  return script === "eventfold" && calledFrom !== undefined ? calledFrom : process.cwd();
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { readonly version: string }).version;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads the output may have seen enough (`| head`): no error, just the end.
  if (error.code === "EPIPE") process.exit(EXIT_CODES.ok);
  process.stderr.write(`The output cannot be written: ${error.message}\n`);
  process.exit(EXIT_CODES.failed);
});

const exitCode = await main();
// A config may have opened what nobody closes: that must not keep the program running.
process.stdout.write("", () => process.exit(exitCode));
