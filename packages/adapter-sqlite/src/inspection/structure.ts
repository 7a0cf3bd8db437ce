import { isEventfoldError, type StructureFault, type StructureStep } from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import type { ReadScope } from "../reading/read-scope.ts";
import { faultsOfEvents } from "./event-check.ts";
import { checkFile, faultOfFile } from "./file-check.ts";
import { checkTags, type TagPlace } from "./tag-check.ts";

/** What a check of the structure works with. */
export interface StructureCheckOptions {
  readonly client: Client;
  readonly scope: ReadScope;
  readonly signal: AbortSignal | undefined;
}

const NEWEST = "SELECT coalesce(max(sequence_number), 0) FROM eventfold_events";
const LAST_GIVEN = "SELECT seq FROM sqlite_sequence WHERE name = 'eventfold_events'";
const END_OF_PART = `SELECT max(sequence_number) FROM (
  SELECT sequence_number FROM eventfold_events WHERE sequence_number > ? AND sequence_number <= ? ORDER BY sequence_number LIMIT ?)`;

/** The numbers of the log that are looked at: what is published meanwhile is left out. */
interface CheckedRange {
  readonly upTo: number;
}

/** Checks the events part by part, and yields to the event loop between them; SQLite checks its file meanwhile, in another thread. */
export async function* checkStructure(options: StructureCheckOptions): AsyncGenerator<StructureStep> {
  const { client, scope, signal } = options;
  signal?.throwIfAborted();
  const upTo = await scope.read(() => Math.min(Number(scope.prepared(NEWEST).get()?.[0]), scope.visibleUpTo));
  const ended = new AbortController();
  const file = checkFile(client, "integrity_check", AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]));
  file.catch(() => {}); // it is awaited below, unless the caller breaks off before
  try {
    let isChecked = true;
    for (const [subject, steps] of [
      ["the sequence", checkSequence(options, { upTo })],
      ["the table of tags", checkEveryTag(options, { upTo })],
      ["the events", checkEvents(options, { upTo })],
      ["the file", checkedFile(file)],
    ] as const) {
      isChecked = (yield* untilDamaged(steps, subject)) && isChecked;
    }
    if (isChecked) yield { kind: "progress", checkedUpTo: upTo, upTo };
  } finally {
    ended.abort();
  }
  await scope.read(() => {}); // the last step, too, rejects after a close
}

/**
 * The steps of a part. Where pages of the file are so damaged that SQLite gives up, the rest of the part is left out.
 *
 * @returns whether all of it was checked.
 */
async function* untilDamaged(
  steps: AsyncGenerator<StructureStep>,
  subject: string,
): AsyncGenerator<StructureStep, boolean> {
  try {
    yield* steps;
    return true;
  } catch (error) {
    if (!isEventfoldError(error, "NOT_A_DATABASE")) throw error;
    yield { kind: "fault", fault: "file", event: undefined, message: error.message };
    yield { kind: "unchecked", subject, reason: "The file is so damaged that SQLite could not read on." };
    return false;
  }
}

async function* checkedFile(file: Promise<readonly string[]>): AsyncGenerator<StructureStep> {
  yield* (await file).map(faultOfFile);
}

async function* checkSequence({ scope }: StructureCheckOptions, { upTo }: CheckedRange): AsyncGenerator<StructureStep> {
  const last = await scope.read(() => Number(scope.prepared(LAST_GIVEN).get()?.[0] ?? 0));
  if (last >= upTo) return;
  const message = `The sequence is at ${last}, but the newest event has the number ${upTo}. If that event is deleted, its number is given again.`;
  yield { kind: "fault", fault: "sequence", event: undefined, message };
}

async function* checkEvents(
  { scope, signal }: StructureCheckOptions,
  { upTo }: CheckedRange,
): AsyncGenerator<StructureStep> {
  const part = new PartSize();
  // A damaged number may be below 1, so this begins below all of them.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    signal?.throwIfAborted();
    const begin = after;
    const checked = await scope.read(() =>
      part.measured(() => {
        const end = scope.prepared(END_OF_PART).get(begin, upTo, part.size)?.[0] as number | null;
        return end === null ? undefined : { end, faults: faultsOfEvents(scope, begin, end) };
      }),
    );
    if (checked === undefined) return;
    yield* checked.faults;
    after = checked.end;
    if (after < upTo) yield { kind: "progress", checkedUpTo: Math.max(0, after), upTo };
  }
}

async function* checkEveryTag(
  { scope, signal }: StructureCheckOptions,
  { upTo }: CheckedRange,
): AsyncGenerator<StructureFault> {
  const part = new PartSize();
  for (let after: TagPlace | undefined = { tag: "", sequenceNumber: 0 }; after !== undefined; ) {
    signal?.throwIfAborted();
    const begin: TagPlace = after;
    const { faults, end } = await scope.read(() =>
      part.measured(() => checkTags(scope, { after: begin, count: part.size, upTo })),
    );
    yield* faults;
    after = end;
  }
}

const SHORTEST_PART_MS = 2;
const LONGEST_PART_MS = 8;
const MOST_ROWS = 4_096;

/** How many rows are checked in one go: so many that it takes some milliseconds, whatever their size. */
class PartSize {
  size = 64;

  measured<T>(check: () => T): T {
    const beganAtMs = performance.now();
    const result = check();
    const tookMs = performance.now() - beganAtMs;
    if (tookMs > LONGEST_PART_MS) this.size = Math.max(1, this.size >> 1);
    else if (tookMs < SHORTEST_PART_MS) this.size = Math.min(MOST_ROWS, this.size * 2);
    return result;
  }
}
