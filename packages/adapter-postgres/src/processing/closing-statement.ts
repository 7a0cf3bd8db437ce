import type {
  CheckpointMove,
  ClosingStep,
  OwnedEventToPark,
  PartitionLease,
  UnparkRequest,
} from "@eventfold/processing";
import { escapeLiteral } from "pg";
import type { Statement } from "../connection/statement.ts";
import { leaseColumns } from "./calls/processing-call.ts";
import type { ProcessingNames } from "./processing-names.ts";

/** What the statement of a closing step depends on. */
export interface ClosingOptions {
  readonly names: ProcessingNames;
  /** How long the server may wait for each partition. */
  readonly lockTimeoutMs: number;
}

/** The last step of a transaction as a statement: see `sql/processing/0003-partitions/06-commit-with.sql`. */
export function closingStatement(step: ClosingStep, options: ClosingOptions): Statement {
  const values = valuesOf(step, options);
  return { text: callText(options, (_, index) => `$${index + 1}`, values), values };
}

/** The same as one text, for a message that holds the commit too. */
export function closingText(step: ClosingStep, options: ClosingOptions): string {
  return callText(options, escapeLiteral, valuesOf(step, options));
}

function callText(
  { names }: ClosingOptions,
  printed: (value: string, index: number) => string,
  values: readonly string[],
): string {
  return `select from ${names.routines.commit_with}(${values.map((value, index) => printed(value, index)).join(",")})`;
}

function valuesOf({ moves = [], unparked = [], parked = [] }: ClosingStep, options: ClosingOptions): readonly string[] {
  const columns = [...moveColumns(moves), ...unparkedColumns(unparked)].map(arrayText);
  return [...columns, JSON.stringify(parked.map(rowOf)), String(options.lockTimeoutMs)];
}

/** An event to park, with the names that the function takes. */
function rowOf({ subscription, partition, token, event }: OwnedEventToPark): Readonly<Record<string, unknown>> {
  const { sequenceNumber, hash, eventId, category, stream, isWholeStream, attempts, error } = event;
  const lease = { subscription, partition, token };
  return {
    ...lease,
    number: sequenceNumber,
    hash,
    event: eventId,
    category,
    stream,
    whole: isWholeStream,
    attempts,
    error,
  };
}

type Column = readonly (number | string | undefined)[];

function moveColumns(moves: readonly CheckpointMove[]): readonly Column[] {
  return [
    ...leaseColumns(moves),
    moves.map(({ was }) => was),
    moves.map(({ checkpoint }) => checkpoint.sequenceNumber),
    moves.map(({ checkpoint }) => checkpoint.eventId),
  ];
}

function unparkedColumns(unparked: readonly UnparkRequest[]): readonly Column[] {
  const leases = unparked.flatMap((each): readonly PartitionLease[] => each.parked.map(() => each));
  const keys = unparked.flatMap(({ parked }) => parked);
  return [...leaseColumns(leases), keys.map(({ sequenceNumber }) => sequenceNumber), keys.map(({ hash }) => hash)];
}

/** An array as PostgreSQL reads it. Every element is quoted, so that it stays one element, whatever it contains. */
function arrayText(column: Column): string {
  const elements = column.map((value) =>
    value === undefined ? "null" : `"${String(value).replace(/["\\]/g, "\\$&")}"`,
  );
  return `{${elements.join(",")}}`;
}
