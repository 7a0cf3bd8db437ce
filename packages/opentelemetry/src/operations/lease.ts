import type { LeaseMessage } from "@eventfold/processing";
import { ATTRIBUTES } from "../attributes.ts";
import type { Instruments } from "../metrics/instruments.ts";

/** Counts what becomes of leases. */
export function countLease({ leaseChanges }: Instruments, message: LeaseMessage): void {
  const attributes = { [ATTRIBUTES.leaseChange]: message.kind, [ATTRIBUTES.client]: message.node };
  if (message.kind === "evicted") leaseChanges.add(message.evicted.length, attributes);
  else leaseChanges.add(1, { ...attributes, [ATTRIBUTES.consumerGroup]: message.subscription });
}
