import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Why no terminal can be had here; `undefined` where one can: `script` of util-linux makes one. */
export const whyNoTerminal: string | undefined =
  process.platform === "linux" && /util-linux/.test(String(spawnSync("script", ["--version"]).stdout))
    ? undefined
    : "needs `script` of util-linux";

/** The program in a terminal of its own. */
export interface TerminalProgram {
  /** Presses keys. */
  readonly press: (keys: string) => void;
  /** Waits until the screen was given this text, behind what was waited for before. */
  readonly until: (text: string) => Promise<void>;
  /** How it ended, and all that the screen was given. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly screen: string }>;
}

/** Starts the program in a terminal, which its input, output and error output are all connected with. */
export function runInTerminal(words: readonly string[], { cwd }: { readonly cwd: string }): TerminalProgram {
  const command = [process.execPath, "--conditions=eventfold-source", main, ...words].map(quoted).join(" ");
  const sized = `stty rows 50 cols 200; exec ${command}`; // without a size it has no columns
  const child = spawn("script", ["--quiet", "--return", "--command", sized, "/dev/null"], {
    cwd,
    env: { ...process.env, SHELL: "/bin/sh", TERM: "xterm" },
  });
  onTestFinished(() => void child.kill());
  let screen = "";
  let seen = 0;
  let isOver = false;
  let wake = (): void => undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
    wake();
  });
  const ended = once(child, "close").then(([exitCode]) => {
    isOver = true;
    wake();
    return { exitCode, screen };
  });
  return {
    press: (keys) => void child.stdin.write(keys),
    async until(text) {
      for (;;) {
        const at = screen.indexOf(text, seen);
        if (at !== -1) {
          seen = at + text.length;
          return;
        }
        if (isOver) throw new Error(`The screen never showed ${JSON.stringify(text)}: ${JSON.stringify(screen)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    ended,
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
