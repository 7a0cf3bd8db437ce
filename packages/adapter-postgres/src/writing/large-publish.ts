import type { PreparedEvent, StreamWrite } from "@eventfold/store/adapter";
import type { StoredEvent } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { appendMany } from "./append-many.ts";
import { type AppendOptions, type AppendRequest, isTagged } from "./append-path.ts";
import { appendTagged } from "./append-tagged.ts";
import { bytesOfEvent } from "./publish.ts";
import type { Verdict } from "./verdict.ts";

/** A publish of more bytes than this is sent in several statements, because the size of a statement is limited. */
export const MAX_STATEMENT_BYTES = 32 * 1024 * 1024;

// The transaction holds the order locks, and counts as idle at the server while a statement is on its way there. So a part
// must arrive well within the time that a transaction may be idle.
const MAX_PART_BYTES = 4 * 1024 * 1024;

/** A large publish under way, within an open transaction. */
export interface LargeAppend extends AppendOptions {
  readonly names: LogNames;
  readonly publish: AppendRequest;
  /** Runs a statement in the transaction. */
  readonly run: (statement: Statement) => Promise<readonly TextRow[]>;
}

/**
 * Appends a publish in statements of at most 4 MB each, or one event, within the caller's transaction. The first statement
 * judges the publish as a whole and takes the locks, so that nothing has changed when the later ones run.
 */
export async function appendLarge(append: LargeAppend): Promise<Verdict> {
  const { publish } = append;
  const judged = await appendPart(append, { writes: publish.writes, failIf: publish.failIf, isOnlyJudged: true });
  if (judged.kind !== "accepted" || publish.isOnlyJudged) return judged;
  const events: StoredEvent[][] = publish.writes.map(() => []);
  for (const chunk of chunksOf(publish.writes)) {
    const stored = await appendPart(append, { writes: chunk.map(({ write }) => write) });
    if (stored.kind !== "stored") throw new Error(`The order locks did not hold: a part was ${stored.kind}.`);
    for (const [part, { index }] of chunk.entries()) {
      for (const event of stored.events[part] ?? []) events[index]?.push(event);
    }
  }
  return { kind: "stored", events };
}

async function appendPart(append: LargeAppend, part: AppendRequest): Promise<Verdict> {
  const path = isTagged(part) ? appendTagged : appendMany;
  const rows = await append.run(path.statement(append.names, [part], append));
  const [verdict] = path.verdicts([part], rows);
  if (verdict === undefined) throw new Error("The append function returned no verdict.");
  return verdict;
}

interface Part {
  /** The index of the write that it is a part of. */
  readonly index: number;
  readonly write: StreamWrite;
}

function* chunksOf(writes: readonly StreamWrite[]): Generator<readonly Part[]> {
  let parts = new Map<number, PreparedEvent[]>();
  let bytes = 0;
  const chunk = () => [...parts].map(([index, events]) => part(writes, index, events));
  for (const [index, write] of writes.entries()) {
    for (const event of write.events) {
      const eventBytes = bytesOfEvent(event);
      if (bytes > 0 && bytes + eventBytes > MAX_PART_BYTES) {
        yield chunk();
        parts = new Map();
        bytes = 0;
      }
      bytes += eventBytes;
      const events = parts.get(index);
      if (events === undefined) parts.set(index, [event]);
      else events.push(event);
    }
  }
  if (parts.size > 0) yield chunk();
}

function part(writes: readonly StreamWrite[], index: number, events: readonly PreparedEvent[]): Part {
  const { category, stream } = writes[index] as StreamWrite;
  return { index, write: { category, stream, events, allowed: undefined } };
}
