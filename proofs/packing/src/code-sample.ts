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

/** The blocks of one file that must compile: all fenced as `ts`, unless the fence says `ts sketch`. */
export function samplesOf(file: string): readonly CodeSample[] {
  const text = readFileSync(join(workspaceDirectory, file), "utf8").replaceAll("\r\n", "\n");
  const blocks = [...text.matchAll(fence)].map(({ index, groups }) => ({
    file,
    line: text.slice(0, index).split("\n").length + 1,
    code: groups?.code ?? "",
    mark: groups?.mark?.trim(),
  }));
  return blocks
    .filter(({ mark }) => mark !== "sketch")
    .map(({ mark, ...block }) => ({ ...block, isRun: mark === "run" }));
}

/** Every Markdown file that users read. */
export function documents(): readonly string[] {
  const patterns = ["README.md", "packages/*/README.md", "apps/*/README.md", "docs/**/*.md"];
  return globSync(patterns, { cwd: workspaceDirectory, exclude: ["**/node_modules/**"] }).map((path) =>
    path.replaceAll("\\", "/"),
  );
}
