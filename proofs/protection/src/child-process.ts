import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { JsonValue } from "@eventfold/types";

/** A script in a process of its own, which prints lines of JSON. It is killed when it is disposed of. */
export class Child<TLine> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: TLine[] = [];
  #next = Promise.withResolvers<void>();
  #errors = "";
  /** The signal that ended it, or its exit code, once everything that it has printed was read. */
  readonly ended: Promise<NodeJS.Signals | number | null>;

  constructor(script: URL, argument: JsonValue) {
    const flags = ["--conditions=eventfold-source", "--disable-warning=ExperimentalWarning"];
    const args = [...flags, fileURLToPath(script), JSON.stringify(argument)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.stderr.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#lines.push(JSON.parse(line) as TLine);
      this.#wake();
    });
    this.#child = child;
    this.ended = once(child, "close").then(([code, signal]: (NodeJS.Signals | number | null)[]) => {
      this.#wake();
      return signal ?? code ?? null;
    });
  }

  /** What it has printed so far. */
  get lines(): readonly TLine[] {
    return this.#lines;
  }

  /** What it has written to its standard error. */
  get errors(): string {
    return this.#errors;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /**
   * Waits until a line was printed for which something holds.
   *
   * @throws `Error` when the process ends without it.
   */
  async line(holds: (line: TLine) => boolean): Promise<void> {
    while (!this.#lines.some(holds)) {
      if (this.#child.exitCode !== null) throw new Error(`It ended with ${this.#child.exitCode}:\n${this.#errors}`);
      await this.#next.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }

  #wake(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
