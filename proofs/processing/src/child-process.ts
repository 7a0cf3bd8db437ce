import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { JsonObject, JsonValue } from "@eventfold/types";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A script in a process of its own, which prints lines of JSON, `TLine` each, and is told things, one a line. */
export class Child<TLine = JsonObject> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  readonly #lines: TLine[] = [];
  readonly #waiting = new Set<() => void>();
  #errors = "";

  constructor(script: URL, argument: JsonValue) {
    const flags = ["--conditions=eventfold-source", "--disable-warning=ExperimentalWarning"];
    this.#child = spawn(process.execPath, [...flags, fileURLToPath(script), JSON.stringify(argument)], {
      stdio: "pipe",
    });
    this.#child.stdin?.on("error", () => {}); // it may be gone before it is told anything
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    if (this.#child.stdout === null) throw new TypeError("There is a pipe for what it prints.");
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#lines.push(JSON.parse(line) as TLine);
      this.#look();
    });
    this.#exit = once(this.#child, "close").then(([code, signal]) => ({ code, signal }));
    void this.#exit.then(() => this.#look());
  }

  /** What it has printed. */
  get lines(): readonly TLine[] {
    return this.#lines;
  }

  /** How it ended, once all that it has printed was read. */
  get exit(): Promise<Exit> {
    return this.#exit;
  }

  /** What it has written to its standard error. */
  get errors(): string {
    return this.#errors;
  }

  tell(what: string): void {
    this.#child.stdin?.write(`${what}\n`);
  }

  /** Lets it know that no more is to come. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Waits for a line, among those that were printed and those to come.
   *
   * @throws `Error` when the process ends without it.
   */
  async line(holds: (line: TLine) => boolean): Promise<TLine> {
    for (;;) {
      const found = this.#lines.find(holds);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        await this.#exit;
        const last = this.#lines.find(holds);
        if (last !== undefined) return last;
        throw new Error(`It ended with ${this.#child.exitCode ?? this.#child.signalCode}:\n${this.#errors}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  #look(): void {
    for (const look of this.#waiting) look();
    this.#waiting.clear();
  }
}
