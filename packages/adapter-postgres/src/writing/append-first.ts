import { EMPTY_STREAM_POSITION, type PreparedEvent, type StreamWrite } from "@eventfold/store";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { perLog } from "../naming/per-log.ts";
import type { AppendOptions } from "./append-one.ts";
import { eventScalars } from "./event-parameters.ts";
import { expectedPositionOf } from "./expected-position.ts";
import type { Verdict } from "./verdict.ts";
import { storedVerdict } from "./verdict.ts";

/** Whether a write is of one event for a stream that must be empty. */
export function isFirst({ events, allowed }: StreamWrite): boolean {
  return events.length === 1 && expectedPositionOf(allowed) === EMPTY_STREAM_POSITION;
}

const textFor = perLog((names) => `select ${names.appendFirst}($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`);

/** The statement for a write that {@link isFirst}: the leanest of all. */
export function appendFirstStatement(names: LogNames, write: StreamWrite, options: AppendOptions): Statement {
  const { category, stream, events } = write;
  return {
    text: textFor(names),
    values: [category, stream, ...eventScalars(events[0] as PreparedEvent), options.lockTimeoutMs, options.notify],
  };
}

/** The verdict, if the write was stored: see the function in `sql/events/0002-append`. */
export function appendFirstVerdict(write: StreamWrite, [row]: readonly TextRow[]): Verdict | undefined {
  const number = row?.[0];
  if (number === null || number === undefined) return undefined;
  return storedVerdict([write], { next: () => ({ position: 0, sequenceNumber: Number(number) }) });
}
