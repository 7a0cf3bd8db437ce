import {
  DATABASE_USAGES,
  type DatabaseAddress,
  EXIT_CODES,
  type ExitCode,
  parseDatabaseAddress,
} from "@eventfold/databases";
import { Command, CommanderError, InvalidArgumentError } from "commander";

/** What the command is asked to do. */
export interface CommandArguments {
  readonly kind: "import";
  /** The repository; `undefined` for the one this program lies in. */
  readonly path: string | undefined;
  readonly database: DatabaseAddress;
  readonly json: boolean;
  /** The time of the "as of" question; `undefined` for a telling one. */
  readonly asOf: Date | undefined;
}

/** Nothing more is to be done: help or the version was printed, or the arguments make no sense and it was said why. */
export interface ArgumentsAnswered {
  readonly kind: "answered";
  readonly exitCode: ExitCode;
}

/** Where the answers of the argument parser go. */
export interface ArgumentsContext {
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
}

const NOTES = `
One commit becomes one atomic publish over the streams of the files it touches (category "files", stream = path).
A second run on the same database stores nothing.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 interrupted (what was stored stays; repeat to complete).`;

/**
 * Reads the arguments of the command line, without the program's own.
 *
 * @example
 * ```ts
 * parseArguments(["../project", "--db", "sqlite:history.db"], { version, writeOut, writeError });
 * ```
 */
export function parseArguments(
  args: readonly string[],
  context: ArgumentsContext,
): CommandArguments | ArgumentsAnswered {
  const command = commandFor(context);
  try {
    command.parse(withoutSeparator(args), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: "answered", exitCode: error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage };
  }
  const options = command.opts<{ db: string; json?: true; asOf?: Date }>();
  return {
    kind: "import",
    path: command.args[0],
    database: parseDatabaseAddress(options.db),
    json: options.json ?? false,
    asOf: options.asOf,
  };
}

function commandFor({ version, writeOut, writeError }: ArgumentsContext): Command {
  return new Command("demo")
    .description("Reads the history of a git repository into an event store, and tells what is in it.")
    .argument("[path]", "a git repository, bare or not, or a directory within (default: the one this program lies in)")
    .option("--db <database>", `where to store the events: ${DATABASE_USAGES.join(", ")}`, "memory")
    .option("--json", "print one JSON object instead of the report")
    .option("--as-of <time>", "ask what had been done before this time, such as 2024-05-31", parseTime)
    .version(version)
    .addHelpText("after", NOTES)
    .allowExcessArguments(false)
    .showHelpAfterError("(--help tells more)")
    .configureOutput({ writeOut, writeErr: writeError })
    .exitOverride();
}

/** `pnpm demo -- --json` hands on the separator that npm would have taken. */
function withoutSeparator(args: readonly string[]): readonly string[] {
  return args[0] === "--" ? args.slice(1) : args;
}

function parseTime(text: string): Date {
  const time = new Date(text);
  const year = time.getUTCFullYear();
  if (year >= 1 && year <= 9999) return time;
  throw new InvalidArgumentError("Expected a date of the years 1 to 9999, such as 2024-05-31 or 2024-05-31T12:00:00Z.");
}
