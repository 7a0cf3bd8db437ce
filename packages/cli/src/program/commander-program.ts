import { Argument, Command, Option } from "commander";
import { ADDRESS_USAGE } from "../database/database-address.ts";
import type { AnyCommandDefinition, OperandDefinition, OptionDefinition } from "./command.ts";
import type { CommandGroup } from "./command-group.ts";
import { helpAfter, NOTES } from "./help-text.ts";

/** The words of the command line of a command, parsed. */
export interface ParsedCommand {
  readonly definition: AnyCommandDefinition;
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What {@link commanderProgram} is made from. */
export interface CommanderProgramOptions {
  readonly version: string;
  readonly definitions: readonly AnyCommandDefinition[];
  readonly groups: readonly CommandGroup[];
  /** Whether a config is given, which takes the place of the operand that names the database. */
  readonly hasConfig: boolean;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Is called with the command that was asked for. */
  readonly onCommand: (parsed: ParsedCommand) => void;
}

/** The operand that names the database. */
const DATABASE: OperandDefinition = { name: "database", description: `${ADDRESS_USAGE}; or give --config` };

const CONFIG: OptionDefinition = {
  flags: "--config <file>",
  description: "a file that opens the database, in place of <database>, and names projectors and subscriptions",
};
const YES: OptionDefinition = { flags: "--yes", description: "do it without asking" };
const GENERAL: readonly OptionDefinition[] = [
  { flags: "--json", description: "print JSON: one object, or one per line" },
  { flags: "--no-color", description: "print without colours, as with NO_COLOR in the environment" },
];

/** All options of a command, its own first. */
export function optionsOf({
  options = [],
  confirms = false,
  needsDatabase,
}: AnyCommandDefinition): readonly OptionDefinition[] {
  return [...options, ...(confirms ? [YES] : []), ...(needsDatabase ? [CONFIG] : []), ...GENERAL];
}

/** The operands of a command, the database first. */
export function operandsOf(
  { operands = [], needsDatabase }: AnyCommandDefinition,
  { hasConfig }: { readonly hasConfig: boolean },
): readonly OperandDefinition[] {
  return needsDatabase && !hasConfig ? [DATABASE, ...operands] : operands;
}

/** The program as commander parses it: it throws commander's errors instead of ending the process. */
export function commanderProgram(options: CommanderProgramOptions): Command {
  const program = new Command("eventfold")
    .description("Look into an event log, move it, watch it, mend it.")
    .version(options.version)
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError("(--help tells more)")
    .addHelpText("after", `\n${NOTES}`)
    .configureOutput({ writeOut: options.writeOut, writeErr: options.writeError })
    .exitOverride();
  for (const definition of options.definitions) {
    const [first = "", second] = definition.name.split(" ");
    const parent = second === undefined ? program : groupCommand(program, first, options.groups);
    describeCommand(parent.command(second ?? first), definition, options);
  }
  return program;
}

/** The command that the commands of a group are below: made with the first of them, so that it has its place in the help. */
function groupCommand(program: Command, name: string, groups: readonly CommandGroup[]): Command {
  const made = program.commands.find((each) => each.name() === name);
  if (made !== undefined) return made;
  const group = groups.find((each) => each.name === name);
  if (group === undefined) throw new TypeError(`There is no group of commands ${name}.`);
  return program.command(name).description(group.summary).helpCommand(false);
}

/** Commands inherit output and errors of the program that they are made by. */
function describeCommand(
  command: Command,
  definition: AnyCommandDefinition,
  { hasConfig, onCommand }: CommanderProgramOptions,
): void {
  command
    .summary(definition.summary)
    .description([definition.summary, ...(definition.details ?? [])].join("\n\n"))
    .addHelpText("after", `\n${helpAfter(definition)}`)
    .allowExcessArguments(false);
  for (const operand of operandsOf(definition, { hasConfig })) command.addArgument(argumentOf(operand));
  for (const option of optionsOf(definition)) command.addOption(optionOf(option));
  command.action(() => onCommand({ definition, operands: command.args, options: command.opts() }));
}

function argumentOf({ name, description, isOptional, isVariadic, choices }: OperandDefinition): Argument {
  const word = isVariadic ? `${name}...` : name;
  const argument = new Argument(isOptional ? `[${word}]` : `<${word}>`, description);
  return choices === undefined ? argument : argument.choices([...choices]);
}

function optionOf(definition: OptionDefinition): Option {
  const { flags, description, parse, isRepeatable, defaultValue, choices } = definition;
  const option = new Option(flags, description);
  if (defaultValue !== undefined) option.default(defaultValue);
  if (parse !== undefined) option.argParser(parse);
  if (isRepeatable) option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  return choices === undefined ? option : option.choices([...choices]);
}
