import type { AnyCommandDefinition } from "./command.ts";
import type { ExitCode } from "./exit-codes.ts";
import { formLines } from "./form-lines.ts";

const COMMON_CODES: Readonly<Partial<Record<ExitCode, string>>> = {
  0: "done",
  1: "it failed",
  2: "the arguments or the config make no sense",
  129: "stopped because the terminal was closed",
  130: "stopped by Ctrl-C",
  143: "stopped by SIGTERM",
};

/** What is told below the list of commands. */
export const NOTES = `A database is sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE. A command that only looks never makes or changes a schema.

Exit codes: ${codesText({ ...COMMON_CODES, 3: "what was asked for is not there", 4: "what was examined is not in order" })}.`;

/** What is told below the options of a command. */
export function helpAfter({ forms = [], examples, exitCodes }: AnyCommandDefinition): string {
  const lines = examples.flatMap(({ line, explanation }) => [`  ${line}`, `      ${explanation}`]);
  const written = forms.length === 0 ? [] : ["Forms:", ...formLines(forms), ""];
  return [...written, "Examples:", ...lines, "", `Exit codes: ${codesText({ ...COMMON_CODES, ...exitCodes })}.`].join(
    "\n",
  );
}

/** The exit codes of a command and what they mean. */
export function exitCodesOf({ exitCodes }: AnyCommandDefinition): Readonly<Partial<Record<ExitCode, string>>> {
  return { ...COMMON_CODES, ...exitCodes };
}

function codesText(codes: Readonly<Partial<Record<ExitCode, string>>>): string {
  return Object.entries(codes)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join(", ");
}
