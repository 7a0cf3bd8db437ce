import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A process of its own that runs one of the scripts in `processes`. */
export interface Child {
  readonly process: ChildProcess;
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Fulfils when it has printed this many lines. Rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** Fulfils with its exit code, `null` when it was killed, once all of its output has been read. */
  readonly ended: Promise<number | null>;
}

/** Starts a script of `processes` with these arguments. */
export function startChild(
  script: string,
  args: readonly string[],
  { uid, fileBlocks }: { readonly uid?: number | undefined; readonly fileBlocks?: number | undefined } = {},
): Child {
  const file = join(import.meta.dirname, "processes", script);
  const node = [process.execPath, "--conditions=eventfold-source", file, ...args];
  // The shell's limit is one that the system itself enforces; "$@" passes the arguments on as they are.
  const limited = ["sh", "-c", `ulimit -f ${fileBlocks ?? "unlimited"}; exec "$@"`, "sh", ...node];
  const [command = "", ...rest] = fileBlocks === undefined ? node : limited;
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"], uid });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(([[code]]) => code as number | null);
  return { process: child, lines, ended, printed: (count) => printed(count) };

  async function printed(count: number): Promise<void> {
    const end = ended.then(() => "ended");
    while (lines.length < count) {
      if ((await Promise.race([once(reader, "line"), end])) === "ended" && lines.length < count) {
        throw new Error(`${script} ended after ${lines.length} of ${count} lines.`);
      }
    }
  }
}
