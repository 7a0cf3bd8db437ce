import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceDirectory } from "./packed-package.ts";

/** A block of a tutorial: a file (`ts file=name.ts`), or commands (`sh run`) with what they print (the `text` after them). */
export type TutorialStep =
  | { readonly kind: "file"; readonly name: string; readonly code: string }
  | { readonly kind: "commands"; readonly line: number; readonly code: string; readonly prints: string | undefined };

type Commands = Extract<TutorialStep, { kind: "commands" }>;

/** What commands printed, and what the page says that they print. */
export interface Printed {
  readonly line: number;
  readonly printed: string;
  readonly prints: string;
}

const fence = /^```(?<language>\w+)(?<mark>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm;
const marker = "--- the commands of line";

/** The steps of a page, in order; none on a page that is no tutorial. */
export function tutorialSteps(page: string): readonly TutorialStep[] {
  const text = readFileSync(join(workspaceDirectory, page), "utf8").replaceAll("\r\n", "\n");
  const blocks = [...text.matchAll(fence)].map(({ index, groups }) => ({
    head: `${groups?.language}${groups?.mark}`,
    line: text.slice(0, index).split("\n").length + 1,
    code: groups?.code ?? "",
  }));
  return blocks.flatMap(({ head, line, code }, place): readonly TutorialStep[] => {
    if (head.startsWith("ts file=")) return [{ kind: "file", name: head.slice("ts file=".length), code }];
    const next = blocks[place + 1];
    const prints = next?.head === "text" ? next.code : undefined;
    return head === "sh run" ? [{ kind: "commands", line, code, prints }] : [];
  });
}

/**
 * A script for bash that takes the steps in order in the current folder: it copies each file from the folder `steps` when its
 * turn has come, and runs the commands. It ends at the first command that fails, and ends what runs in the background.
 */
export function tutorialScript(steps: readonly TutorialStep[], nodeFolder: string): string {
  const lines = steps.map((step) =>
    step.kind === "file" ? `cp steps/${step.name} .` : `echo "${marker} ${step.line}"\n${step.code}`,
  );
  const head = ["set -e", `PATH="${nodeFolder}:$PATH"`, "trap 'kill -9 $(jobs -p) 2>/dev/null || true' EXIT"];
  return [...head, ...lines].join("\n");
}

/** What the commands of each step printed, of those that say so on the page. */
export function printedBy(stdout: string, steps: readonly TutorialStep[]): readonly Printed[] {
  const isExpected = (step: TutorialStep): step is Commands & { prints: string } =>
    step.kind === "commands" && step.prints !== undefined;
  return steps.filter(isExpected).map(({ line, prints }) => {
    const after = stdout.split(`${marker} ${line}\n`)[1] ?? "";
    return { line, printed: after.split(marker)[0] ?? "", prints };
  });
}
