import type { ArrivalOutcome, FenceArrival, RepartitionCall, RepartitionOutcome } from "@eventfold/processing";
import type { TextRow } from "../../connection/statement.ts";
import type { ProcessingCall } from "./processing-call.ts";

/** Gives a subscription another number of partitions. */
export function repartition(call: RepartitionCall): ProcessingCall<RepartitionOutcome> {
  const { subscription, id, partitions } = call;
  return {
    routine: "repartition",
    effect: "wakes",
    values: [subscription, id, partitions],
    answer: ([row]) => repartitionOutcomeFrom(call, row),
  };
}

/** Releases a partition that has arrived at the fence. */
export function arrive({ subscription, partition, token, id }: FenceArrival): ProcessingCall<ArrivalOutcome> {
  return {
    routine: "arrive",
    effect: "wakes",
    values: [subscription, partition, token, id],
    answer: ([row]) => arrivalOutcomeFrom(row ?? []),
  };
}

function repartitionOutcomeFrom({ subscription }: RepartitionCall, row: TextRow | undefined): RepartitionOutcome {
  if (row === undefined) throw new RangeError(`There is no subscription with the id ${subscription}.`);
  const [kind, id, partitions, fence] = row;
  if (kind === "done") return { kind };
  return {
    kind: kind === "busy" ? "busy" : "waiting",
    repartition: { subscription, id: id as string, partitions: Number(partitions), fence: Number(fence) },
  };
}

function arrivalOutcomeFrom([kind, fence]: TextRow): ArrivalOutcome {
  if (kind === "early") return { kind, fence: Number(fence) };
  return { kind: kind === "arrived" ? "arrived" : "lost" };
}
