import type { StreamWrite } from "@eventfold/store";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { int4Array } from "./binary-array.ts";
import { contentArrays, eventScalars, idArray } from "./event-parameters.ts";
import type { Verdict } from "./verdict.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

/** How an append is to wait and to tell. */
export interface AppendOptions {
  /** How long the server may wait for the log's lock. */
  readonly lockTimeoutMs: number;
  /** Whether the statement itself notifies followers. */
  readonly notify: boolean;
}

/** The statement for one write of one stream: the lean paths of a publish that is alone, leanest for a single event. */
export function appendOneStatement(names: LogNames, write: StreamWrite, options: AppendOptions): Statement {
  const { category, stream, events, allowed } = write;
  const positions = allowed === undefined ? null : int4Array(allowed.positions);
  const condition = [category, stream, positions, allowed?.complement ?? false];
  const [event] = events;
  const isSingle = event !== undefined && events.length === 1;
  const columns = isSingle ? eventScalars(event) : [idArray(events), ...contentArrays(events)];
  return {
    text: `select * from ${isSingle ? names.appendOne : names.appendStream}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
    values: [...condition, ...columns, options.lockTimeoutMs, options.notify],
  };
}

/** What the statement's rows say: see the functions in `sql/events/0002-append`. */
export function appendOneVerdict(write: StreamWrite, rows: readonly TextRow[]): Verdict {
  return write.events.length === 1 ? singleVerdict(write, rows[0]) : streamVerdict(write, rows);
}

function singleVerdict(write: StreamWrite, row: TextRow | undefined): Verdict {
  const [head, number] = row ?? [];
  if (head === null || head === undefined) return { kind: "seen" };
  if (number === null || number === undefined) return unmetVerdict([write], [Number(head)]);
  return storedVerdict([write], { next: () => ({ position: Number(head) + 1, sequenceNumber: Number(number) }) });
}

function streamVerdict(write: StreamWrite, rows: readonly TextRow[]): Verdict {
  const first = rows[0]?.[0];
  if (first === null || first === undefined) return { kind: "seen" };
  const head = Number(first);
  if (head < -1) return unmetVerdict([write], [-3 - head]);
  let row = 0;
  return storedVerdict([write], {
    next: () => {
      row += 1;
      return { position: head + row, sequenceNumber: Number(rows[row]?.[0]) };
    },
  });
}
