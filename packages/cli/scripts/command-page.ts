import type { AnyCommandDefinition } from "../src/program/command.ts";
import { operandsOf, optionsOf } from "../src/program/commander-program.ts";
import { exitCodesOf } from "../src/program/help-text.ts";

/** The name of the file of a command's page, in the folder of all of them. */
export function pageFile({ name }: AnyCommandDefinition): string {
  return `${name.replaceAll(" ", "-")}.md`;
}

/** The page of a command, in Markdown: what its help says, for the documentation. */
export function commandPage(definition: AnyCommandDefinition): string {
  const { name, summary, details = [], forms = [], examples, needsDatabase } = definition;
  const operands = operandsOf(definition, { hasConfig: false });
  const words = operands.map(({ name: word, isVariadic, isOptional }) => {
    const text = isVariadic ? `${word}...` : word;
    return isOptional ? `[${text}]` : `<${text}>`;
  });
  return `${[
    "<!-- Made from the program by `pnpm docs:cli`: change the command instead. -->",
    `# eventfold ${name}`,
    prose(summary),
    fenced([
      ["eventfold", name, ...words, "[options]"].join(" "),
      ...(needsDatabase ? [["eventfold", name, "--config <file>", ...words.slice(1), "[options]"].join(" ")] : []),
    ]),
    ...details.map(prose),
    ...(operands.length === 0
      ? []
      : [
          table(
            ["operand", "meaning"],
            operands.map((each) => [each.name, meaningOf(each)]),
          ),
        ]),
    table(
      ["option", "meaning"],
      optionsOf(definition).map((option) => [option.flags, meaningOf(option)]),
    ),
    ...(forms.length === 0 ? [] : [table(["form", "meaning"], forms)]),
    "## Examples",
    ...examples.flatMap(({ line, explanation }) => [prose(explanation), fenced([line])]),
    "## Exit codes",
    table(["code", "meaning"], Object.entries(exitCodesOf(definition))),
  ].join("\n\n")}\n`;
}

interface Described {
  readonly description: string;
  readonly choices?: readonly string[];
  readonly defaultValue?: unknown;
}

function meaningOf({ description, choices, defaultValue }: Described): string {
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`]),
    ...(defaultValue === undefined ? [] : [`default: ${String(defaultValue)}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

/** Text as Markdown shows it, whatever characters are in it. */
function prose(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, "\\$&");
}

function fenced(lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** With its columns under each other, as the formatter of the repository wants them. The first column is what is typed. */
function table(
  headings: readonly [string, string],
  rows: readonly (readonly [typed: string, meaning: string])[],
): string {
  const cells = [headings, ...rows.map(([typed, meaning]) => [`\`${typed}\``, prose(meaning)] as const)];
  const first = Math.max(...cells.map(([cell]) => cell.length));
  const second = Math.max(...cells.map(([, cell]) => cell.length));
  const lines = cells.map(([left, right]) => `| ${left.padEnd(first)} | ${right.padEnd(second)} |`);
  return [lines[0], `| ${"-".repeat(first)} | ${"-".repeat(second)} |`, ...lines.slice(1)].join("\n");
}
