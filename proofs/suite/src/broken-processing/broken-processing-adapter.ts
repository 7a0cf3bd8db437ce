import type { PartitionKey, PartitionStatus, ProcessingStorageAdapter } from "@eventfold/processing";
import type { ProcessingStorageRule } from "@eventfold/testing";

/** An adapter of processing storage that breaks a promise. */
export interface BrokenProcessingAdapter {
  /** The rule that a test must cite to have caught it. */
  readonly rule: ProcessingStorageRule;
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  /** Breaks an adapter that works. */
  readonly wrap: (beneath: ProcessingStorageAdapter) => ProcessingStorageAdapter;
  /** Whether what is wrong is that something never comes, so that a time limit is what catches it. */
  readonly isWaitedFor?: boolean;
}

/** A partition as it is stored beneath. */
export async function storedPartition(
  { storage }: ProcessingStorageAdapter,
  { subscription, partition }: PartitionKey,
): Promise<PartitionStatus | undefined> {
  const { subscriptions } = await storage.status({ names: undefined });
  return subscriptions.find(({ id }) => id === subscription)?.status[partition];
}

/** The same, with the token that the partition has now: whoever asks passes for its owner. */
export async function withStoredToken<T extends PartitionKey>(
  beneath: ProcessingStorageAdapter,
  lease: T,
): Promise<T & { readonly token: number }> {
  return { ...lease, token: (await storedPartition(beneath, lease))?.token ?? -1 };
}

/** The same, of several. */
export async function withStoredTokens<T extends PartitionKey>(
  beneath: ProcessingStorageAdapter,
  leases: readonly T[],
): Promise<readonly (T & { readonly token: number })[]> {
  return Promise.all(leases.map((lease) => withStoredToken(beneath, lease)));
}
