import type { RequestOutcome, WaitingRequest } from "@eventfold/processing";
import type { ParkedRows } from "./parked-rows.ts";
import { keptCheckpoint, type PartitionRow } from "./partition-row.ts";

/** How many requests that were carried out are remembered, so that a repeat is recognised. */
const REMEMBERED = 10;

/** Makes a request to a partition. It is carried out at once if nobody owns the partition and nothing else waits. */
export function askPartition(
  row: PartitionRow,
  { id, request }: WaitingRequest,
  { isFree, parked }: { readonly isFree: boolean; readonly parked: ParkedRows },
): RequestOutcome {
  const { partition } = row;
  if (row.carriedOut.includes(id)) return { partition, kind: "done" };
  if (row.requests.some((waiting) => waiting.id === id)) return { partition, kind: "waiting" };
  if (!isFree || row.requests.length > 0 || request.kind === "replay") {
    row.requests = [...row.requests, Object.freeze({ id, request: Object.freeze(structuredClone(request)) })];
    return { partition, kind: "waiting" };
  }
  row.token += 1;
  row.owner = undefined;
  carryOutRequest(row, { id, request }, parked);
  return { partition, kind: "done" };
}

/** Lets a request take effect, and remembers that it did. */
export function carryOutRequest(row: PartitionRow, { id, request }: WaitingRequest, parked: ParkedRows): void {
  switch (request.kind) {
    case "pause":
      row.isPaused = true;
      break;
    case "resume":
      row.isPaused = false;
      row.error = undefined;
      break;
    case "reset":
      row.checkpoint = keptCheckpoint(request.checkpoint);
      break;
    case "drop":
      parked.drop(row, request.parked);
      break;
    case "replay":
      break; // its events were unparked one by one
  }
  row.requests = row.requests.filter((waiting) => waiting.id !== id);
  row.carriedOut = [id, ...row.carriedOut].slice(0, REMEMBERED);
}
