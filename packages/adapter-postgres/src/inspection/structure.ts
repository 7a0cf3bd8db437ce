import type { OrderingGuarantee, StructureStep } from "@eventfold/store/adapter";
import type { Connections } from "../connection/connections.ts";
import { translateError } from "../errors/translate-error.ts";
import type { LogNames } from "../naming/log-names.ts";
import { abortable } from "../reading/abortable.ts";
import { faultsOfEvents, type Running } from "./event-check.ts";
import { checkIndexes } from "./index-check.ts";
import { lastNumberGiven } from "./sequence.ts";
import { faultsOfTags } from "./tag-check.ts";

/** What a check of the structure works with. */
export interface StructureCheckOptions {
  readonly connections: Connections;
  readonly names: LogNames;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly signal: AbortSignal | undefined;
}

const PART_EVENTS = 10_000;
const PART_BYTES = 16_000_000;

/**
 * Checks the log statement by statement, each on whatever connection is free, and the indexes meanwhile on another one. What is
 * published meanwhile is left out.
 */
export async function* checkStructure({
  connections,
  names,
  orderingGuarantee,
  signal,
}: StructureCheckOptions): AsyncGenerator<StructureStep> {
  const run: Running = async (statement) => {
    signal?.throwIfAborted();
    connections.life.throwIfEnded();
    return abortable(connections.read(statement), signal);
  };
  signal?.throwIfAborted();
  connections.life.throwIfEnded();
  const ended = new AbortController();
  const indexes = collect(
    checkIndexes(connections, names, AbortSignal.any([ended.signal, ...(signal ? [signal] : [])])),
  );
  indexes.catch(() => {}); // it is awaited below, unless the caller breaks off before
  try {
    const upTo = await newestNumber(run, names);
    yield* checkSequence(await lastNumberGiven(run, names, orderingGuarantee), upTo);
    yield* faultsOfTags(run, names, upTo);
    yield* checkEvents(run, names, upTo);
    yield* await indexes;
    signal?.throwIfAborted();
    yield { kind: "progress", checkedUpTo: upTo, upTo };
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? error : translateError(error);
  } finally {
    ended.abort();
  }
  connections.life.throwIfEnded(); // the last step, too, rejects after a close
}

/** The number of the newest event, which may be of one of the library's own categories; 0 for an empty log. */
export async function newestNumber(run: Running, names: LogNames): Promise<number> {
  const [row] = await run({ text: `select coalesce(max(sequence_number), 0) from ${names.events}`, values: [] });
  return Number(row?.[0]);
}

function* checkSequence(last: number | undefined, upTo: number): Generator<StructureStep> {
  if (last === undefined) {
    const reason =
      "The role may not read the sequence, or the server is a standby. Run the check as the owner of the log.";
    yield { kind: "unchecked", subject: "the sequence", reason };
  } else if (last < upTo) {
    const message = `The sequence is at ${last}, but the newest event has the number ${upTo}, so that numbers would be given twice. Run migrate, which sets it past every stored number.`;
    yield { kind: "fault", fault: "sequence", event: undefined, message };
  }
}

async function* checkEvents(run: Running, names: LogNames, upTo: number): AsyncGenerator<StructureStep> {
  // As many events as have not too many bytes together, and at least one.
  const endOfPart = `select max(sequence_number) from (
      select sequence_number, sum(size) over (order by sequence_number rows unbounded preceding) - size as bytes_before
        from (select sequence_number, greatest(size, 0)::bigint as size from ${names.events}
               where sequence_number > $1 and sequence_number <= $2 order by sequence_number limit ${PART_EVENTS}) e) e
     where bytes_before <= ${PART_BYTES}`;
  // A damaged number may be below 1, so this begins below all of them.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const [row] = await run({ text: endOfPart, values: [after, upTo] });
    if (row === undefined || row[0] === null) break;
    const end = Number(row[0]);
    yield* faultsOfEvents(run, names, { after, upTo: end });
    after = end;
    if (after < upTo) yield { kind: "progress", checkedUpTo: Math.max(0, after), upTo };
  }
}

async function collect(steps: AsyncIterable<StructureStep>): Promise<readonly StructureStep[]> {
  const collected: StructureStep[] = [];
  for await (const step of steps) collected.push(step);
  return collected;
}
