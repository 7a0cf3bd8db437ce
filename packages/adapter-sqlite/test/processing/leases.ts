import type { PartitionLease, ProcessingStorage, SubscriptionRegistration } from "@eventfold/processing";

/** A subscription with so many partitions, at the beginning. */
export function subscriptionOf(name: string, partitions: number): SubscriptionRegistration {
  const startAt = { sequenceNumber: 0, eventId: undefined };
  return { name, source: "log", partitioning: "stream/sha256-1", partitions, startAt };
}

/** Registers a subscription of one partition and claims it for a new session of a node. */
export async function claimedLease(
  storage: ProcessingStorage,
  { name, session }: { readonly name: string; readonly session: string },
): Promise<PartitionLease> {
  const [registered] = await storage.register([subscriptionOf(name, 1)]);
  const subscription = registered?.id ?? 0;
  await storage.beginSession({ id: session, name, leaseMs: 10_000 });
  const [claimed] = await storage.claim({ session, partitions: [{ subscription, partition: 0, token: 0 }] });
  return { subscription, partition: 0, token: claimed?.token ?? 0 };
}
