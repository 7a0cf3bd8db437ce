import { loadConfig } from "../config/load-config.ts";
import { openConfigured, openDatabase } from "../database/open-database.ts";
import type { OpenedDatabase, OpeningOptions } from "../database/opened-database.ts";
import { confirm } from "../output/confirmation.ts";
import { Output } from "../output/output.ts";
import { startProgress } from "../output/progress.ts";
import type { AnyCommandDefinition, CommandRun } from "./command.ts";
import type { ParsedCommand } from "./commander-program.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import type { ProgramContext } from "./program-context.ts";

/** Runs a command, and closes what it has opened, however it ends. Of a failure no new database is left in which nothing is. */
export async function runCommand(
  { definition, operands, options }: ParsedCommand,
  commands: readonly AnyCommandDefinition[],
  context: ProgramContext,
): Promise<ExitCode> {
  const opened: OpenedDatabase[] = [];
  const keep = async (opening: Promise<OpenedDatabase>): Promise<OpenedDatabase> => {
    const database = await opening;
    opened.push(database);
    return database;
  };
  const { directory, signal } = context;
  const configFile = options.config;
  const hasAddress = definition.needsDatabase && configFile === undefined;
  const openAddress = (address: string, opening: OpeningOptions = {}) =>
    keep(openDatabase(address, { ...opening, directory }));
  const open = async (opening: OpeningOptions = {}): Promise<OpenedDatabase> => {
    if (typeof configFile !== "string") return openAddress(operands[0] ?? "", opening);
    return keep(openConfigured(await loadConfig(configFile, directory), opening));
  };
  const run: CommandRun<never> = {
    address: hasAddress ? operands[0] : undefined,
    operands: hasAddress ? operands.slice(1) : operands,
    options: options as never,
    output: outputFor(options, context),
    signal,
    context,
    commands,
    open,
    openAddress,
    startProgress: (progress) => startProgress(progress, context.progressStream),
    confirm: (confirmation) => confirm(confirmation, { isGiven: options.yes === true, ask: context.ask }),
  };
  let end: "close" | "abandon" = "abandon";
  try {
    const exitCode = await definition.run(run);
    end = "close";
    return exitCode ?? EXIT_CODES.ok;
  } finally {
    for (const database of opened.reverse()) await database[end]();
  }
}

/** Colours are for people: `NO_COLOR`, `FORCE_COLOR` and `--no-color` decide as their conventions say. */
function outputFor(options: ParsedCommand["options"], { writeOut, environment, isTerminal }: ProgramContext): Output {
  const { NO_COLOR: refused = "", FORCE_COLOR: forced = "" } = environment;
  const wantsColours = isTerminal || (forced !== "" && forced !== "0");
  const hasColours = options.color !== false && refused === "" && wantsColours;
  return new Output({ write: writeOut, isJson: options.json === true, hasColours });
}
