import type { ScanBounds, StorageScanOptions } from "@eventfold/store";
import type { SourceIdentifier } from "@eventfold/types";
import type { Statement, TextRow } from "../connection/statement.ts";
import type { LogNames } from "../naming/log-names.ts";
import { QueryText } from "./query-text.ts";
import { addBounds, addSource } from "./source-clause.ts";
import { eventColumns, positionIn, sequenceNumberIn } from "./stored-event-row.ts";

/** One page of a scan. */
export interface PageRequest {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly direction: StorageScanOptions["direction"];
  readonly size: number;
}

/**
 * The statement for a page: a range of one index, in its order. Streams are read by position, categories and the log by
 * sequence number.
 */
export function pageStatement(names: LogNames, { source, bounds, direction, size }: PageRequest): Statement {
  const query = new QueryText();
  addSource(query, source);
  addBounds(query, bounds);
  const order = `e.${source.kind === "stream" ? "position" : "sequence_number"} ${direction === "forwards" ? "asc" : "desc"}`;
  return {
    text: `select ${eventColumns({ isInlineOnly: true })} from ${names.events} e${query.whereClause} order by ${order} limit ${query.bind(size, "bigint")}`,
    values: query.values,
  };
}

/** The bounds of the page after the one that ended with this row. */
export function boundsAfter(row: TextRow, { source, bounds, direction }: PageRequest): ScanBounds {
  if (source.kind === "stream") {
    const position = positionIn(row);
    return direction === "forwards" ? { ...bounds, positionAfter: position } : { ...bounds, positionBefore: position };
  }
  const number = sequenceNumberIn(row);
  return direction === "forwards"
    ? { ...bounds, sequenceNumberAfter: number }
    : { ...bounds, sequenceNumberBefore: number };
}

/** The statement for the documents of events that are too large to come with a page. */
export function documentsStatement(names: LogNames, sequenceNumbers: readonly number[]): Statement {
  return {
    text: `select e.sequence_number, e.payload, e.metadata from ${names.events} e where e.sequence_number = any($1::bigint[])`,
    values: [sequenceNumbers],
  };
}

/** The statement for the newest event of a source up to a number. */
export function latestStatement(names: LogNames, source: SourceIdentifier, upTo: number | undefined): Statement {
  const query = new QueryText();
  addSource(query, source);
  if (upTo !== undefined) query.where(`e.sequence_number <= ${query.bind(upTo, "bigint")}`);
  const order = source.kind === "stream" ? "position" : "sequence_number";
  return {
    text: `select ${eventColumns({ isInlineOnly: false })} from ${names.events} e${query.whereClause} order by e.${order} desc limit 1`,
    values: query.values,
  };
}

/** The statement for the event with an id. */
export function eventByIdStatement(names: LogNames, id: string): Statement {
  return {
    text: `select ${eventColumns({ isInlineOnly: false })} from ${names.events} e where e.id = $1::uuid`,
    values: [id],
  };
}
