import { spawn } from "node:child_process";

const TYPESCRIPT = /\.[cm]?ts$/;

/**
 * Runs the program again where its config is TypeScript and this Node would only run it when told to, as Node 22 before 22.18
 * does. The second run has the same input, output and terminal.
 *
 * @param words the words of the command line, without the program's own.
 * @returns its exit code; `undefined` where that is not needed.
 */
export async function rerunWithTypes(words: readonly string[]): Promise<number | undefined> {
  if (process.features.typescript || !TYPESCRIPT.test(configIn(words) ?? "")) return undefined;
  const [program = ""] = process.argv.slice(1);
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...process.execArgv, ...flags, program, ...words], { stdio: "inherit" });
  // Ctrl-C reaches both. The second run ends as it likes, and this one after it.
  const wait = (): void => undefined;
  const hand = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", wait);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, hand);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

function configIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^--config(=|$)/.test(word));
  const word = words[at];
  return word === "--config" ? words[at + 1] : word?.slice("--config=".length);
}
