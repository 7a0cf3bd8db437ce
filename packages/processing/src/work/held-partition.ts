import type { PartitionLease } from "../storage/partition-lease.ts";
import type { PartitionMessage } from "../tracing/channels.ts";
import type { LaneHost } from "./lane-host.ts";
import { repeatUntilStored } from "./repeated-call.ts";

/** A partition that a node has claimed, until it is given back or lost. */
export class HeldPartition {
  readonly host: LaneHost;
  readonly lease: PartitionLease;
  /** Into how many partitions its subscription is dealt out. */
  readonly partitions: number;
  readonly #end = new AbortController();

  constructor(host: LaneHost, { subscription, partition, token }: PartitionLease, partitions: number) {
    this.host = host;
    this.lease = { subscription, partition, token };
    this.partitions = partitions;
  }

  /** Aborted when the partition was given back, or lost. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whether the node may start something: it has the partition, and its session may not have been taken for dead. */
  get mayStart(): boolean {
    return !this.hasEnded && this.host.isCurrent();
  }

  /** What tracing says of it. */
  describe(): PartitionMessage {
    const { node, subscription } = this.host;
    const { partition, token } = this.lease;
    return { node, subscription: subscription.name, partition, fencingToken: token };
  }

  /** Ends it at once: it was given back, or has another owner. */
  end(): void {
    this.#end.abort();
  }

  /** Tells of what went wrong while the work goes on. */
  tell(error: unknown, message: string): void {
    this.host.tell(error, message, this.lease.partition);
  }

  /**
   * Makes a call of the processing storage until it fulfils.
   *
   * @param message what to tell of every failure that is passed over.
   * @throws what is not retryable; whatever failed last when the partition has ended.
   */
  async stored<T>(call: () => Promise<T>, message = "The processing storage failed, and is tried again."): Promise<T> {
    return repeatUntilStored(call, { signal: this.signal, onFailure: (error) => this.tell(error, message) });
  }
}
