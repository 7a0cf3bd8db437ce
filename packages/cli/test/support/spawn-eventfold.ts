import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The program in a process of its own. */
export interface SpawnedProgram {
  readonly child: ChildProcessWithoutNullStreams;
  /** Waits for the next line of its output. */
  readonly nextLine: () => Promise<string>;
  /** How it ended, and all that it wrote to the error output. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly error: string }>;
}

/** Starts the program as a shell does, from its sources. */
export function spawnEventfold(words: readonly string[], options: { readonly cwd?: string } = {}): SpawnedProgram {
  const child = spawn(process.execPath, ["--conditions=eventfold-source", main, ...words], options);
  let error = "";
  child.stderr.on("data", (chunk: Buffer) => {
    error += chunk.toString();
  });
  const lines = linesOf(child.stdout);
  return {
    child,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`The program wrote no further line. ${error}`);
      return value;
    },
    ended: once(child, "close").then(([exitCode]) => ({ exitCode, error })),
  };
}

async function* linesOf(output: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
