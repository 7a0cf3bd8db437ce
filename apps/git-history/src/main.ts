import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "./command/arguments.ts";
import { errorText } from "./command/error-text.ts";
import { EXIT_CODES, type ExitCode, Failure } from "./command/failure.ts";
import { InterruptedError, listenForInterruption } from "./command/interruption.ts";
import { runCommand } from "./command/run-command.ts";
import { terminalLines } from "./command/terminal-text.ts";

async function main(): Promise<ExitCode> {
  const interruption = listenForInterruption();
  try {
    const args = parseArguments(process.argv.slice(2), {
      version: version(),
      writeOut: (text) => process.stdout.write(text),
      writeError: (text) => process.stderr.write(text),
    });
    if (args.kind === "answered") return args.exitCode;
    process.stdout.write(
      await runCommand(args, {
        directory: callersDirectory(),
        signal: interruption.signal,
        note: (text) => process.stderr.write(`${terminalLines(text)}\n`),
      }),
    );
    return EXIT_CODES.ok;
  } catch (thrown) {
    // A server of its own is interrupted by the same Ctrl-C: what fails then, fails because it was to stop.
    const error: unknown = interruption.signal.aborted ? interruption.signal.reason : thrown;
    process.stderr.write(`${errorText(error)}\n`);
    return error instanceof Failure || error instanceof InterruptedError ? error.exitCode : EXIT_CODES.failed;
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
