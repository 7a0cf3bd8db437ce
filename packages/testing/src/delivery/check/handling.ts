import type { StoredEvent } from "@eventfold/types";
import type { BegunLine, DeliveryRecords, EndedLine } from "../delivery-line.ts";

/** One call of a handler, from its beginning to its end. */
export interface Handling extends BegunLine {
  /** Those of its events that are in the log, in the order in which the handler was given them. */
  readonly events: readonly StoredEvent[];
  /** How it ended; `undefined` if it was cut short by the end of its process. */
  readonly end: EndedLine | undefined;
}

/**
 * The calls of all nodes, in the order in which they began.
 *
 * @throws `RangeError` when a call begins twice or ends without a beginning: two recordings have the same name.
 */
export function handlingsOf(records: DeliveryRecords, log: ReadonlyMap<string, StoredEvent>): readonly Handling[] {
  const ends = new Map<string, EndedLine>();
  for (const line of records) if (line.kind === "ended") addOnce(ends, line);
  const begun = new Map<string, BegunLine>();
  for (const line of records) if (line.kind === "begun") addOnce(begun, line);
  const stray = [...ends].find(([name]) => !begun.has(name));
  if (stray !== undefined) throw new RangeError(`The records have the end of call ${stray[0]}, but not its beginning.`);
  return [...begun.values()]
    .map((line) => {
      const events = line.eventIds.map((id) => log.get(id)).filter((event) => event !== undefined);
      return { ...line, events, end: ends.get(nameOf(line)) };
    })
    .sort((a, b) => a.atNs - b.atNs);
}

function addOnce<TLine extends BegunLine | EndedLine>(lines: Map<string, TLine>, line: TLine): void {
  const name = nameOf(line);
  if (lines.has(name)) throw new RangeError(`The records have call ${name} twice: every recording needs its own name.`);
  lines.set(name, line);
}

function nameOf({ node, call }: BegunLine | EndedLine): string {
  return `${call} of ${node}`;
}

/** Whether a call ended and succeeded. */
export function isDone({ end }: Handling): boolean {
  return end !== undefined && end.error === undefined;
}

/** A call in one line. */
export function printHandling({ node, partition, token, attempt, eventIds, atNs, end }: Handling): string {
  const ids =
    eventIds.length > 3 ? `${eventIds.slice(0, 3).join(", ")} and ${eventIds.length - 3} more` : eventIds.join(", ");
  const outcome = end === undefined ? "cut short" : end.error === undefined ? "done" : `failed: ${end.error}`;
  return `${msOf(atNs)}–${end === undefined ? "" : msOf(end.atNs)} ${node}, partition ${partition} by token ${token}, attempt ${attempt}: ${ids}: ${outcome}`;
}

/** A time as messages show it. */
export function msOf(atNs: number): string {
  return `${(atNs / 1e6).toFixed(3)} ms`;
}
