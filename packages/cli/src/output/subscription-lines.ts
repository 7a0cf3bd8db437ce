import { type PartitionState, type SubscriptionState, visibleText } from "@eventfold/operations";
import { countText, numberText } from "./number-text.ts";
import type { Output } from "./output.ts";

/** A subscription in a line: what it reads, how far it is behind, and what is wrong with it. */
export function subscriptionLine(subscription: SubscriptionState, output: Output): string {
  const { name, source, partitions } = subscription;
  const title = `${output.paint("strong", visibleText(name))}  ${visibleText(source)}`;
  return [title, countText(partitions.length, "partition"), ...conditionsOf(subscription, output)].join(", ");
}

/** The same, and each of its partitions in a line. */
export function subscriptionBlock(subscription: SubscriptionState, output: Output): readonly string[] {
  return [
    subscriptionLine(subscription, output),
    ...subscription.partitions.flatMap((partition) => partitionLines(partition, output)),
  ];
}

function conditionsOf({ partitions, repartitionedTo }: SubscriptionState, output: Output): readonly string[] {
  const paused = partitions.filter(({ isPaused }) => isPaused).length;
  const failing = partitions.filter(({ error }) => error !== null).length;
  const free = partitions.filter(({ owner }) => owner === null).length;
  const parked = partitions.reduce((sum, partition) => sum + partition.parked, 0);
  return [
    behindText(partitions),
    ...(paused > 0 ? [output.paint("warning", `${numberText(paused)} paused`)] : []),
    ...(failing > 0 ? [output.paint("bad", `${numberText(failing)} failing`)] : []),
    ...(parked > 0 ? [output.paint("warning", `${countText(parked, "event")} parked`)] : []),
    ...(free > 0 ? [`${numberText(free)} without a node`] : []),
    ...(repartitionedTo === null ? [] : [`on its way to ${countText(repartitionedTo, "partition")}`]),
  ];
}

function behindText(partitions: readonly PartitionState[]): string {
  const behind = partitions.map((partition) => partition.behind);
  if (behind.includes(null)) return "of another log";
  const most = Math.max(0, ...behind.map(Number));
  return most === 0 ? "up to date" : `behind by ${countText(most, "number")} or less`;
}

function partitionLines({ partition, done, owner, ...state }: PartitionState, output: Output): readonly string[] {
  const parts = [
    `  partition ${partition}: done up to number ${numberText(done)}`,
    owner === null ? "without a node" : `on ${visibleText(owner)}`,
    ...(state.isPaused ? [output.paint("warning", "paused")] : []),
    ...(state.parked > 0 ? [output.paint("warning", `${countText(state.parked, "event")} parked`)] : []),
    ...(state.waitingFor.length > 0 ? [`still to do: ${state.waitingFor.join(", ")}`] : []),
  ];
  return [parts.join(", "), ...(state.error === null ? [] : [`    ${output.paint("bad", visibleText(state.error))}`])];
}
