import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { runProgram } from "../../src/command/run-program.ts";

/** What a run of the demo left behind. */
export interface DemoOutcome {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** How the demo is run. */
export interface DemoOptions {
  readonly directory?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** An open file to write to, instead of what the outcome has. */
  readonly output?: number;
}

/** A demo that runs. */
export interface RunningDemo {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly outcome: Promise<DemoOutcome>;
}

const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** Starts the real command as a process of its own. */
export function startDemo(args: readonly string[], { directory, env, output }: DemoOptions = {}): RunningDemo {
  const child = spawn(process.execPath, ["--conditions=eventfold-source", MAIN, ...args], {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ["ignore", output ?? "pipe", "pipe"],
  });
  return { kill: (signal) => child.kill(signal), outcome: outcomeOf(child) };
}

/** Runs the real command to its end. */
export async function runDemo(args: readonly string[], options?: DemoOptions): Promise<DemoOutcome> {
  return startDemo(args, options).outcome;
}

/** Runs the real command with `--json`, expects it to succeed, and returns its one object. */
export async function runDemoJson(args: readonly string[], options?: DemoOptions): Promise<Record<string, unknown>> {
  return jsonOf(await runDemo([...args, "--json"], options));
}

/** Runs the command in this process: all of it but the signals, the streams and the exit code of a process. */
export async function runDemoHere(
  args: readonly string[],
  { directory = "." }: Pick<DemoOptions, "directory"> = {},
): Promise<DemoOutcome> {
  const [output, errors]: [string[], string[]] = [[], []];
  const exitCode = await runProgram(args, {
    version: "0.0.0",
    directory,
    signal: new AbortController().signal,
    writeOut: (text) => output.push(text),
    writeError: (text) => errors.push(text),
  });
  return { exitCode, output: output.join(""), errors: errors.join("") };
}

/** Runs the command in this process with `--json`, expects it to succeed, and returns its one object. */
export async function runDemoJsonHere(args: readonly string[]): Promise<Record<string, unknown>> {
  return jsonOf(await runDemoHere([...args, "--json"]));
}

function jsonOf({ exitCode, output, errors }: DemoOutcome): Record<string, unknown> {
  if (exitCode !== 0 || errors !== "") throw new Error(`exit code ${exitCode}: ${errors}`);
  return JSON.parse(output) as Record<string, unknown>;
}

async function outcomeOf(child: ChildProcess): Promise<DemoOutcome> {
  const [output, errors, [exitCode]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { exitCode, output, errors };
}

async function textOf(stream: Readable | null): Promise<string> {
  return Buffer.concat(((await stream?.toArray()) ?? []) as Buffer[]).toString();
}
