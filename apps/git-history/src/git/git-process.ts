import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { Failure } from "@eventfold/databases";
import { gitEnvironment } from "./git-environment.ts";

/** One run of git. */
export interface GitRun {
  /** The directory git runs in, which decides the repository; absent for commands that need none. */
  readonly directory?: string | undefined;
  readonly args: readonly string[];
  /** Ends git early; the run then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a finished run left behind. */
export interface GitOutcome {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  readonly output: string;
  /** The beginning of what git wrote to its error output, trimmed. */
  readonly complaint: string;
}

/** A git that was started; dispose of it to end it, if it still runs. */
interface GitProcess {
  readonly output: Readable;
  /** Fulfils when git has ended; never left unhandled. */
  readonly outcome: Promise<Omit<GitOutcome, "output">>;
  readonly dispose: () => Promise<void>;
}

const COMPLAINT_LIMIT = 4096;

/**
 * Runs git and hands out its output as it comes, in chunks of bytes that end anywhere. Git waits while nobody reads, so
 * memory holds a few chunks however long the output is. Breaking out of the loop ends git.
 *
 * @throws {@link Failure} when git is not installed or ends with an exit code other than 0; `signal.reason` when aborted.
 */
export async function* streamGit(run: GitRun): AsyncGenerator<Buffer, void, undefined> {
  const git = startGit(run);
  try {
    for await (const chunk of git.output) yield chunk as Buffer;
    checkOutcome(run, await git.outcome);
  } finally {
    await git.dispose();
  }
}

/**
 * Runs git to its end and returns what it said, whatever its exit code.
 *
 * @throws {@link Failure} when git is not installed; `signal.reason` when aborted.
 */
export async function runGit(run: GitRun): Promise<GitOutcome> {
  const git = startGit(run);
  try {
    const [outcome, chunks] = await Promise.all([git.outcome, git.output.toArray() as Promise<Buffer[]>]);
    run.signal?.throwIfAborted();
    return { ...outcome, output: Buffer.concat(chunks).toString() };
  } finally {
    await git.dispose();
  }
}

/**
 * Runs git to its end and returns its output without the final newline.
 *
 * @throws {@link Failure} when git is not installed or ends with an exit code other than 0; `signal.reason` when aborted.
 */
export async function readGit(run: GitRun): Promise<string> {
  const outcome = await runGit(run);
  checkOutcome(run, outcome);
  return outcome.output.replace(/\n$/, "");
}

function startGit(run: GitRun): GitProcess {
  run.signal?.throwIfAborted();
  const place = run.directory === undefined ? [] : ["-C", run.directory];
  const child = spawn("git", ["--no-pager", ...place, ...run.args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: gitEnvironment(),
  });
  const outcome = outcomeOf(child);
  outcome.catch(() => undefined); // It may fail while its output is still being read, before anybody awaits it.
  const kill = (): boolean => child.kill();
  run.signal?.addEventListener("abort", kill, { once: true });
  const dispose = async (): Promise<void> => {
    run.signal?.removeEventListener("abort", kill);
    child.kill();
    await outcome.catch(() => undefined);
  };
  return { output: child.stdout, outcome, dispose };
}

async function outcomeOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Omit<GitOutcome, "output">> {
  const complaint = collectComplaint(child.stderr);
  try {
    const [exitCode] = (await once(child, "close")) as [number | null];
    return { exitCode: exitCode ?? -1, complaint: complaint() };
  } catch (cause) {
    throw new Failure("This needs git, and git could not be started: install it and put it on the PATH.", { cause });
  }
}

function collectComplaint(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    if (text.length < COMPLAINT_LIMIT) text += chunk;
  });
  return () => text.slice(0, COMPLAINT_LIMIT).trim();
}

function checkOutcome(run: GitRun, { exitCode, complaint }: Omit<GitOutcome, "output">): void {
  run.signal?.throwIfAborted();
  if (exitCode === 0) return;
  const command = run.args.find((argument) => /^[a-z][a-z-]+$/.test(argument)) ?? "";
  throw new Failure(`git ${command} ended with exit code ${exitCode}: ${complaint || "it did not say why"}`);
}
