/** Identifies a partition: the id of its subscription, and its number, counted from 0. */
export interface PartitionKey {
  readonly subscription: number;
  readonly partition: number;
}

/** The right to a partition. It lasts until the partition has another token, whatever any clock says. */
export interface PartitionLease extends PartitionKey {
  /** The fencing token: it rises with each change of owner, and is never given twice. */
  readonly token: number;
}

/** Whether an owner still had its partition. `lost`: it did not, and nothing was written. */
export type LeaseOutcome = { readonly kind: "done" } | { readonly kind: "lost" };
