import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { withinTimeLimit } from "../suite/time-limit.ts";

/** How long a worker may take to end after it was told to, in milliseconds. */
const END_LIMIT_MS = 120_000;

/** A worker: a process that can be killed, frozen, and told to end. */
export class WorkerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #errors = "";
  #isKilled = false;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#exit = once(child, "exit");
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
  }

  /** Starts a script with flags and an assignment, and waits until it has opened its adapter, or has ended. */
  static async start<TAssignment extends { readonly name: string }>(
    script: string | URL,
    execArgv: readonly string[],
    assignment: TAssignment,
  ): Promise<WorkerProcess> {
    const path = script instanceof URL ? fileURLToPath(script) : script;
    const child = spawn(process.execPath, [...execArgv, path, JSON.stringify(assignment)], { stdio: "pipe" });
    const worker = new WorkerProcess(assignment.name, child);
    child.stdin.on("error", () => {}); // it may be gone before it is told anything; its exit says so
    await Promise.race([once(child.stdout, "data"), worker.#exit]);
    worker.throwIfFailed();
    return worker;
  }

  /** @throws `Error` with what it wrote to its standard error, when it ended by itself. */
  throwIfFailed(): void {
    const { exitCode, signalCode } = this.#child;
    if (this.#isKilled || (exitCode === null && signalCode === null) || exitCode === 0) return;
    throw new Error(`The worker ${this.name} ended with ${signalCode ?? exitCode}:\n${this.#errors}`);
  }

  /** Lets it work. Until then it waits with its adapter open, so that many can start without being in each other's way. */
  begin(): void {
    this.#child.stdin?.write("begin\n");
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /**
   * Lets it finish the calls it is in, and waits until it is gone.
   *
   * @throws `Error` with what it wrote to its standard error, when it ends with an error or not at all.
   */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    const waitingFor = `the end of the worker ${this.name}`;
    await withinTimeLimit(this.#exit, { limitMs: END_LIMIT_MS, waitingFor }).catch((cause: Error) => {
      throw new Error(`${cause.message}\n${this.#errors}`, { cause });
    });
    this.throwIfFailed();
  }
}
