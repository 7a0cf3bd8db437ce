/** A subscription with some members, and one of them. */
export interface Membership {
  /** How many partitions there are. */
  readonly partitions: number;
  /** How many nodes have a handler for them; 1 or more. */
  readonly members: number;
  /** Which of them, counted from 0 in the order of their names. */
  readonly member: number;
  /** The id of the subscription, which decides who gets one more, so that many small ones do not all go to the first. */
  readonly subscription: number;
}

/** How many partitions are a member's fair share: all shares together are all partitions, and no two differ by more than one. */
export function shareOf({ partitions, members, member, subscription }: Membership): number {
  const left = partitions % members;
  return Math.floor(partitions / members) + ((member + subscription * left) % members < left ? 1 : 0);
}
