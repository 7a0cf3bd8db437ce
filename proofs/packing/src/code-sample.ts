import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceDirectory } from "./packed-package.ts";

/** A TypeScript code block of a Markdown file. */
export interface CodeSample {
  /** The file, from the root of the checkout. */
  readonly file: string;
  /** The line of the block's first line of code. */
  readonly line: number;
  readonly code: string;
  /** Whether the block is run (its fence says `ts run`), not only compiled. */
  readonly isRun: boolean;
}

const fence = /^```ts(?<mark>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm;

/** Begins and ends a documentation comment, and precedes each line of one. */
const commentMarks = /^[ \t]*(?:\/\*\*|\*\/|\*) ?/gm;

/**
 * The blocks of one file that must compile, each by itself: all fenced as `ts`, but those whose fence says `ts sketch`, and the
 * files of a tutorial (`ts file=name.ts`). Of a source file, those in its documentation comments.
 */
export function samplesOf(file: string): readonly CodeSample[] {
  const content = readFileSync(join(workspaceDirectory, file), "utf8").replaceAll("\r\n", "\n");
  const text = file.endsWith(".ts") ? content.replaceAll(commentMarks, "") : content;
  const blocks = [...text.matchAll(fence)].map(({ index, groups }) => ({
    file,
    line: text.slice(0, index).split("\n").length + 1,
    code: groups?.code ?? "",
    mark: groups?.mark?.trim(),
  }));
  return blocks
    .filter(({ mark }) => mark !== "sketch" && !mark?.startsWith("file="))
    .map(({ mark, ...block }) => ({ ...block, isRun: mark === "run" }));
}

function filesMatching(...patterns: readonly string[]): readonly string[] {
  const paths = globSync(patterns, { cwd: workspaceDirectory, exclude: ["**/node_modules/**"] });
  return paths.map((path) => path.replaceAll("\\", "/")).sort();
}

/** Every Markdown file that users read. */
export function documents(): readonly string[] {
  return filesMatching("README.md", "packages/*/README.md", "apps/*/README.md", "docs/**/*.md");
}

/** Every source file of the published packages: their documentation comments hold examples. */
export function sources(): readonly string[] {
  return filesMatching("packages/*/src/**/*.ts");
}
