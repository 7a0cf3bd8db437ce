import { parseStoredEvent, type StoredEvent } from "@eventfold/types";
import type { History, HistoryLine } from "./history-line.ts";

/**
 * A line of a history as one line of JSON, without the line break.
 *
 * @example
 * ```ts
 * const { store: recorded } = recordHistory(store, { onLine: (line) => lines.push(printHistoryLine(line)) });
 * ```
 */
export function printHistoryLine(line: HistoryLine): string {
  return JSON.stringify(line);
}

/**
 * A history as JSON lines.
 *
 * @example
 * ```ts
 * await writeFile("history.jsonl", printHistory(recording.history()));
 * ```
 */
export function printHistory(history: History): string {
  return history.map((line) => `${printHistoryLine(line)}\n`).join("");
}

/**
 * Reads JSON lines, from one process or, one after the other, from several. What follows the last line break is left
 * out: a process that was killed may have written half a line.
 *
 * @throws `RangeError` naming the line that is not a line of a history.
 *
 * @example
 * ```ts
 * const history = parseHistory(await readFile("writer-1.jsonl", "utf8")).concat(parseHistory(await readFile("writer-2.jsonl", "utf8")));
 * ```
 */
export function parseHistory(text: string): HistoryLine[] {
  return new HistoryParser().parse(text);
}

/** Reads the histories of many processes. An event that many of them saw is kept in memory only once. */
export class HistoryParser {
  readonly #events = new Map<string, StoredEvent>();

  /** Like {@link parseHistory}. */
  parse(text: string): HistoryLine[] {
    const lines = text.split("\n");
    lines.pop();
    return lines.map((line, index) => {
      try {
        return this.#lineOf(JSON.parse(line) as HistoryLine);
      } catch (cause) {
        throw new RangeError(`Line ${index + 1} is not a line of a history: ${line.slice(0, 200)}`, { cause });
      }
    });
  }

  #lineOf(line: HistoryLine): HistoryLine {
    const isNamed =
      typeof line.process === "string" && Number.isSafeInteger(line.operation) && Number.isFinite(line.atNs);
    if (!isNamed || !["invoked", "saw", "ended"].includes(line.kind)) throw new RangeError("A member is missing.");
    return line.kind === "saw" ? { ...line, events: line.events.map((event) => this.#eventOf(event)) } : line;
  }

  #eventOf(parsed: StoredEvent): StoredEvent {
    const text = JSON.stringify(parsed);
    const known = this.#events.get(text);
    if (known !== undefined) return known;
    const event = parseStoredEvent(text);
    this.#events.set(text, event);
    return event;
  }
}
