import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_CODES, type ExitCode, listenForInterruption } from "@eventfold/databases";
import { runProgram } from "./command/run-program.ts";

async function main(): Promise<ExitCode> {
  const interruption = listenForInterruption();
  try {
    return await runProgram(process.argv.slice(2), {
      version: version(),
      directory: callersDirectory(),
      signal: interruption.signal,
      writeOut: (text) => process.stdout.write(text),
      writeError: (text) => process.stderr.write(text),
    });
  } finally {
    interruption.dispose();
  }
}

/** A package manager runs a script in the project's root, and tells where it was called. */
function callersDirectory(): string {
  const { INIT_CWD: calledFrom, npm_lifecycle_event: script } = process.env;
  return script === "demo" && calledFrom !== undefined ? calledFrom : process.cwd();
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads the output may have seen enough (`| head`): no error, just the end.
  if (error.code === "EPIPE") process.exit(EXIT_CODES.ok);
  process.stderr.write(`The output cannot be written: ${error.message}\n`);
  process.exit(EXIT_CODES.failed);
});
process.stderr.on("error", () => process.exit(EXIT_CODES.failed)); // There is nowhere left to tell it.

process.exitCode = await main();
