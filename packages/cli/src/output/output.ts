import { styleText } from "node:util";
import { visibleJson, visibleText } from "@eventfold/operations";

/** How a part of a line is meant, which decides its colour. */
export type Tone = "strong" | "faint" | "good" | "warning" | "bad";

const STYLES = { strong: "bold", faint: "dim", good: "green", warning: "yellow", bad: "red" } as const;

/** What an {@link Output} is made from. */
export interface OutputOptions {
  readonly write: (text: string) => Promise<void> | void;
  /** Whether objects are printed as JSON instead of lines. */
  readonly isJson: boolean;
  readonly hasColours: boolean;
}

/**
 * What a command prints: for people in lines, or with `--json` as JSON, an object a line.
 *
 * Lines are written as they are, so that they can have colours: whatever comes from outside goes through `visibleText` of
 * `@eventfold/operations` first. JSON is made harmless here.
 */
export class Output {
  readonly isJson: boolean;
  readonly #write: OutputOptions["write"];
  readonly #hasColours: boolean;

  constructor({ write, isJson, hasColours }: OutputOptions) {
    this.isJson = isJson;
    this.#write = write;
    this.#hasColours = hasColours && !isJson;
  }

  /**
   * Prints one thing: the value as a line of JSON with `--json`, its lines otherwise. Await it, so that a slow reader slows
   * the command down instead of filling the memory.
   */
  async print(value: unknown, lines: () => readonly string[]): Promise<void> {
    if (this.isJson) return this.printJson(JSON.stringify(value));
    return this.printLines(lines());
  }

  /** Prints JSON text that was made already: one value, without line breaks. */
  async printJson(json: string): Promise<void> {
    await this.#write(`${visibleJson(json)}\n`);
  }

  /** Prints lines whatever was asked for, such as help. */
  async printLines(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#write(`${lines.join("\n")}\n`);
  }

  /** Prints a remark for people; nothing with `--json`. */
  async remark(text: string): Promise<void> {
    if (!this.isJson) await this.printLines([this.paint("faint", visibleText(text))]);
  }

  /** Gives a part of a line its colour, where there are colours. */
  paint(tone: Tone, text: string): string {
    return this.#hasColours ? styleText(STYLES[tone], text, { validateStream: false }) : text;
  }
}
