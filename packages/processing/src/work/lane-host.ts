import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { RegisteredSubscription } from "../storage/subscription.ts";
import type { PartitionHashes } from "../subscription/partition-hash.ts";
import type { Subscription } from "../subscription/subscription.ts";
import type { Changes } from "./changes.ts";
import type { CheckpointSaver } from "./checkpoint-saver.ts";
import type { LaneTransactions } from "./lane-transactions.ts";
import type { Reader } from "./reader.ts";

/** What a node has for all lanes of one subscription. */
export interface LaneHost {
  /** Its name. */
  readonly node: string;
  readonly subscription: Subscription;
  readonly registered: RegisteredSubscription;
  readonly storage: ProcessingStorage;
  readonly saver: CheckpointSaver;
  readonly transactions: LaneTransactions;
  readonly hashes: PartitionHashes;
  readonly reader: Reader;
  /** Changes with every event that is done, and every change of state. */
  readonly progress: Changes;
  /** Whether the session of the node may start something. */
  readonly isCurrent: () => boolean;
  /** Calls for a beat soon. */
  readonly wakeNode: () => void;
  /** Tells of what went wrong while the work goes on. */
  readonly tell: (error: unknown, message: string, partition: number) => void;
  /** Whether other nodes work on partitions of the subscription. */
  readonly areOthersAtWork: () => boolean;
  /** Leaves a partition to other nodes for a while. */
  readonly noteOffer: (partition: number) => void;
  /** Stops the broker, for it cannot go on. */
  readonly fail: (error: unknown) => void;
}
