import type { StreamWrite } from "@eventfold/store";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { int4Array, textArray, timestampArray, uuidArray } from "./binary-array.ts";
import type { Verdict } from "./verdict.ts";
import { storedVerdict, unmetVerdict } from "./verdict.ts";

/** How an append is to wait and to tell. */
export interface AppendOptions {
  /** How long the server may wait for the log's lock. */
  readonly lockTimeoutMs: number;
  /** Whether the statement itself notifies followers. */
  readonly notify: boolean;
}

/** The statement for one write of one stream, without join and loop: the lean path of a lone publish. */
export function appendOneStatement(names: LogNames, write: StreamWrite, options: AppendOptions): Statement {
  const { category, stream, events, allowed } = write;
  return {
    text: `select * from ${names.appendOne}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
    values: [
      category,
      stream,
      allowed === undefined ? null : int4Array(allowed.positions),
      allowed?.complement ?? false,
      uuidArray(events.map((event) => event.id)),
      textArray(events.map((event) => event.name)),
      int4Array(events.map((event) => event.version)),
      timestampArray(events.map((event) => event.observedAtMs)),
      timestampArray(events.map((event) => event.occurredAtMs)),
      textArray(events.map((event) => event.payload)),
      textArray(events.map((event) => event.metadata)),
      options.lockTimeoutMs,
      options.notify,
    ],
  };
}

/** What the statement's rows say: see the function in `sql/0002-append.sql`. */
export function appendOneVerdict(write: StreamWrite, rows: readonly TextRow[]): Verdict {
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
