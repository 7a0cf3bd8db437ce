import type { AnyCommandDefinition } from "../program/command.ts";
import { optionsOf } from "../program/commander-program.ts";

/** An option as a shell completes it. */
export interface CompletableOption {
  /** With its dashes: `--limit`. */
  readonly flag: string;
  readonly description: string;
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  /** What the value can be; empty: anything. */
  readonly choices: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletableCommand {
  /** One word, or two with a space between them. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletableOption[];
  /** What an operand can be, where a definition says so. */
  readonly choices: readonly string[];
}

/** What shells need to know of commands. */
export function completableCommands(definitions: readonly AnyCommandDefinition[]): readonly CompletableCommand[] {
  return definitions.map((definition) => ({
    name: definition.name,
    summary: definition.summary,
    options: optionsOf(definition).map(({ flags, description, choices = [] }) => {
      const [flag = "", value] = flags.split(" ");
      return { flag, description, takesValue: value !== undefined, choices };
    }),
    choices: (definition.operands ?? []).flatMap(({ choices = [] }) => choices),
  }));
}

/** The first words of commands, each once, with the summary of the command, or of the first one of a group. */
export function firstWords(commands: readonly CompletableCommand[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = ""] = name.split(" ");
    if (!words.has(first)) words.set(first, summary);
  }
  return words;
}

/** The second words of the commands that begin with this one. */
export function secondWords(commands: readonly CompletableCommand[], first: string): readonly CompletableCommand[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `));
}
