import { withoutSecrets } from "@eventfold/adapter-postgres/connection-string";
import { visibleLines } from "@eventfold/operations";
import { CommanderError } from "commander";
import { COMMAND_GROUPS, COMMANDS } from "../commands/commands.ts";
import { commanderProgram, type ParsedCommand } from "./commander-program.ts";
import { reportError, reportText } from "./error-report.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import type { ProgramContext } from "./program-context.ts";
import { runCommand } from "./run-command.ts";

/**
 * Runs the program on the words of a command line, without the program's own, and returns what the shell is to be told. What
 * fails is written to the error output; nothing is thrown.
 */
export async function runProgram(words: readonly string[], context: ProgramContext): Promise<ExitCode> {
  const parsed = parseWords(words, context);
  if (typeof parsed === "number") return parsed;
  try {
    return await runCommand(parsed, COMMANDS, context);
  } catch (error) {
    const report = reportError(error, context.signal);
    context.writeError(reportText(report, { isJson: parsed.options.json === true }));
    return report.exitCode;
  }
}

/** The command that is asked for, or the exit code where help was asked for, or the words make no sense. */
function parseWords(words: readonly string[], context: ProgramContext): ParsedCommand | ExitCode {
  let asked: ParsedCommand | undefined;
  let told = "";
  const program = commanderProgram({
    version: context.version,
    definitions: COMMANDS,
    groups: COMMAND_GROUPS,
    hasConfig: hasOption(words, "--config"),
    writeOut: (text) => void context.writeOut(text),
    writeError: (text) => {
      told += text;
    },
    onCommand: (parsed) => {
      asked = parsed;
    },
  });
  try {
    program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_CODES.ok;
    const message = withoutSecretsOf(words, error.message.replace(/^error: /, ""));
    const report = { code: undefined, message, exitCode: EXIT_CODES.usage };
    const isJson = hasOption(words, "--json");
    context.writeError(isJson ? reportText(report, { isJson }) : visibleLines(withoutSecretsOf(words, told)));
    return EXIT_CODES.usage;
  }
  return asked ?? EXIT_CODES.usage;
}

function hasOption(words: readonly string[], option: string): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? undefined : end).some((word) => word === option || word.startsWith(`${option}=`));
}

/** Messages quote the words that they refuse, and an address may have a password. */
function withoutSecretsOf(words: readonly string[], text: string): string {
  const addresses = words.flatMap((word) => /\w+:\/\/.*$/s.exec(word)?.[0] ?? []);
  return addresses.reduce((hidden, address) => hidden.replaceAll(address, () => withoutSecrets(address)), text);
}
