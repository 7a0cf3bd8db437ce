import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/** A process of its own that runs one of the scripts in `processes`. It is killed after the test. */
export interface Child {
  readonly process: ChildProcess;
  /** Fulfils once it has printed a line that is wanted. Rejects when it ends before. */
  printed(isWanted: (line: string) => boolean): Promise<string>;
  /** Kills it as the system does when memory runs out, and waits until it is gone. */
  kill(): Promise<void>;
}

export function startChild(script: string, args: readonly string[]): Child {
  const file = join(import.meta.dirname, "processes", script);
  const child = spawn(process.execPath, ["--conditions=eventfold-source", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  return { process: child, kill, printed };

  async function printed(isWanted: (line: string) => boolean): Promise<string> {
    for (let seen = 0; ; seen++) {
      while (lines.length <= seen) {
        const next = await Promise.race([once(reader, "line"), ended.then(() => "ended")]);
        if (next === "ended" && lines.length <= seen) throw new Error(`${script} ended after ${lines.join(", ")}.`);
      }
      if (isWanted(lines[seen] ?? "")) return lines[seen] ?? "";
    }
  }
}
