import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import type { ParkedSelection } from "../storage/parked-event.ts";
import type { SubscriptionStatus } from "../storage/processing-status.ts";
import { checkedInteger } from "../subscription/checked-integer.ts";

/** Which partitions of a subscription are asked. */
export interface ControlOptions {
  /** Distinct numbers of partitions that it has. Default: all. */
  readonly partitions?: readonly number[] | undefined;
}

const OPTIONS = memberNames<ControlOptions>({ partitions: true });

/**
 * The partitions that are asked; `undefined` for all.
 *
 * @throws `TypeError` or `RangeError` when they are not such numbers: whatever is asked of no partition would seem to be done.
 */
export function askedPartitions(
  { name, status }: SubscriptionStatus,
  options: ControlOptions,
): readonly number[] | undefined {
  const { partitions } = withKnownMembers("The options of a request", options, OPTIONS);
  if (partitions === undefined) return undefined;
  if (!Array.isArray(partitions)) throw new TypeError("The partitions that are asked must be a list, such as [0, 3].");
  if (partitions.length === 0)
    throw new RangeError("The partitions that are asked must be one at least. Leave them out to ask all.");
  for (const partition of partitions)
    checkedInteger(`A partition of ${JSON.stringify(name)}`, partition, { from: 0, to: status.length - 1 });
  return [...new Set(partitions)];
}

const SELECTIONS = {
  event: memberNames<Extract<ParkedSelection, { kind: "event" }>>({ kind: true, sequenceNumber: true }),
  stream: memberNames<Extract<ParkedSelection, { kind: "stream" }>>({ kind: true, category: true, stream: true }),
  all: memberNames<Extract<ParkedSelection, { kind: "all" }>>({ kind: true }),
};

/**
 * The parked events that are meant.
 *
 * @throws `TypeError` or `RangeError` when that is not clear: what is dropped by mistake is handled by nobody.
 */
export function checkedSelection(parked: ParkedSelection): ParkedSelection {
  const kind: unknown = parked?.kind;
  if (kind !== "event" && kind !== "stream" && kind !== "all") {
    throw new TypeError('What is parked is selected by the kind "event", "stream" or "all".');
  }
  const what = `A selection of the kind "${kind}"`;
  withKnownMembers(what, parked, SELECTIONS[kind]);
  switch (parked.kind) {
    case "event":
      checkedInteger("sequenceNumber", parked.sequenceNumber, { from: 1, to: Number.MAX_SAFE_INTEGER });
      return parked;
    case "stream":
      if (typeof parked.category === "string" && typeof parked.stream === "string") return parked;
      throw new TypeError(`${what} must name a category and a stream.`);
    case "all":
      return parked;
  }
}
