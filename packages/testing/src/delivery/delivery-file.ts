import { openSync, writeSync } from "node:fs";
import type { DeliveryLine } from "./delivery-line.ts";

const KINDS: readonly string[] = ["claimed", "begun", "ended", "saved", "parked", "unparked"];

/**
 * Appends the lines of a recording to a file, each at once and in one piece, so that they survive the process that wrote them.
 *
 * @throws the system's error when the file cannot be written.
 *
 * @example
 * ```ts
 * const recording = recordDelivery({ node: "worker-1", subscription: mails, storage, onLine: appendDelivery("worker-1.jsonl") });
 * ```
 */
export function appendDelivery(path: string): (line: DeliveryLine) => void {
  const file = openSync(path, "a");
  return (line) => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
}

/**
 * Reads the lines of a recording. What follows the last line break is left out: a process that was killed may have written half
 * a line.
 *
 * @throws `RangeError` naming the line that is not a line of a recording.
 *
 * @example
 * ```ts
 * const records = parseDelivery(await readFile("worker-1.jsonl", "utf8")).concat(parseDelivery(await readFile("worker-2.jsonl", "utf8")));
 * ```
 */
export function parseDelivery(text: string): DeliveryLine[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line, index) => {
    try {
      const parsed = JSON.parse(line) as DeliveryLine;
      const isNamed = typeof parsed.node === "string" && Number.isFinite(parsed.atNs);
      if (isNamed && KINDS.includes(parsed.kind)) return parsed;
      throw new RangeError("A member is missing.");
    } catch (cause) {
      throw new RangeError(`Line ${index + 1} is not a line of a recorded delivery: ${line.slice(0, 200)}`, { cause });
    }
  });
}
