import type { CarryOutOutcome, CarryOutRequest, RequestCall, RequestOutcome } from "@eventfold/processing";
import type { ProcessingCall } from "./processing-call.ts";
import { checkpointFrom } from "./stored-checkpoint.ts";
import { requestText } from "./stored-request.ts";

/** Asks partitions to do something. */
export function request(call: RequestCall): ProcessingCall<readonly RequestOutcome[]> {
  return {
    routine: "request",
    effect: "wakes",
    values: [call.subscription, call.partitions, call.id, requestText(call.request)],
    answer: (rows) =>
      rows.map(([partition, isDone]) => ({ partition: Number(partition), kind: isDone === "t" ? "done" : "waiting" })),
  };
}

/** Carries out a request that waits. */
export function carryOut({ subscription, partition, token, id }: CarryOutRequest): ProcessingCall<CarryOutOutcome> {
  return {
    routine: "carry_out",
    effect: "writes",
    values: [subscription, partition, token, id],
    answer: ([row]) =>
      row === undefined
        ? { kind: "lost" }
        : { kind: "done", checkpoint: checkpointFrom(row[0], row[1]), isPaused: row[2] === "t" },
  };
}
