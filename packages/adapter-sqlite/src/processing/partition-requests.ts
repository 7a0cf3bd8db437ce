import type { RequestOutcome, WaitingRequest } from "@eventfold/processing";
import type { PartitionRow } from "./partition-rows.ts";
import type { ProcessingTables } from "./processing-tables.ts";

/** How many requests that were carried out are remembered, so that a repeat is recognised. */
const REMEMBERED = 10;

/** Makes a request to a partition. It is carried out at once if nobody owns the partition and nothing else waits. */
export function askPartition(tables: ProcessingTables, row: PartitionRow, asked: WaitingRequest): RequestOutcome {
  const { partition } = row;
  const { id, request } = asked;
  if (row.carriedOut.includes(id)) return { partition, kind: "done" };
  if (row.requests.some((waiting) => waiting.id === id)) return { partition, kind: "waiting" };
  tables.countChange();
  if (!tables.isFree(row) || row.requests.length > 0 || request.kind === "replay") {
    tables.partitions.update({ ...row, requests: [...row.requests, { id, request }] });
    return { partition, kind: "waiting" };
  }
  carryOutRequest(tables, { ...row, token: row.token + 1, owner: undefined }, asked);
  return { partition, kind: "done" };
}

/** Lets a request take effect, and remembers that it did. @returns the partition as it is then. */
export function carryOutRequest(tables: ProcessingTables, row: PartitionRow, asked: WaitingRequest): PartitionRow {
  const { subscription, partition } = row;
  if (asked.request.kind === "drop") {
    const scope = { subscription, of: tables.partitionCount(subscription), partitions: [partition] };
    tables.parked.drop(scope, asked.request.parked);
  }
  const changed = {
    ...changedBy(row, asked),
    requests: row.requests.filter((waiting) => waiting.id !== asked.id),
    carriedOut: [asked.id, ...row.carriedOut].slice(0, REMEMBERED),
  };
  tables.partitions.update(changed);
  return changed;
}

function changedBy(row: PartitionRow, { request }: WaitingRequest): PartitionRow {
  switch (request.kind) {
    case "pause":
      return { ...row, isPaused: true };
    case "resume":
      return { ...row, isPaused: false, error: undefined };
    case "reset":
      return { ...row, checkpoint: request.checkpoint };
    case "drop":
    case "replay": // its events were unparked one by one
      return row;
  }
}
