interface LineOfNode {
  /** The name of the recording, which no other recording of the same run has. */
  readonly node: string;
  /** By the monotonic clock of the machine, in nanoseconds. */
  readonly atNs: number;
}

interface LineOfOwner extends LineOfNode {
  readonly partition: number;
  /** The fencing token by which the node owned the partition. */
  readonly token: number;
}

interface LineOfWrite extends LineOfOwner {
  /** When the write was asked for; `atNs` is when it was acknowledged. */
  readonly sentAtNs: number;
}

/** A node was given a partition. */
export interface ClaimedLine extends LineOfOwner {
  readonly kind: "claimed";
  readonly session: string;
  /** The sequence number of the checkpoint from which it goes on. */
  readonly checkpoint: number;
}

/** A handler was called: with one event, or with a batch. */
export interface BegunLine extends LineOfOwner {
  readonly kind: "begun";
  /** Which call of its node it is, from 1. */
  readonly call: number;
  readonly attempt: number;
  /** In the order in which the handler was given them. */
  readonly eventIds: readonly string[];
}

/** A call of a handler ended. */
export interface EndedLine extends LineOfNode {
  readonly kind: "ended";
  readonly call: number;
  /** The error that it failed with; `undefined` if it succeeded. */
  readonly error?: string | undefined;
}

/** A checkpoint was saved. */
export interface SavedLine extends LineOfWrite {
  readonly kind: "saved";
  readonly checkpoint: number;
}

/** An event was parked. */
export interface ParkedLine extends LineOfWrite {
  readonly kind: "parked";
  readonly eventId: string;
  /** Whether all later events of its stream wait too. */
  readonly isWholeStream: boolean;
}

/** Parked events were removed, after a replay. */
export interface UnparkedLine extends LineOfWrite {
  readonly kind: "unparked";
  readonly sequenceNumbers: readonly number[];
}

/**
 * One thing that a node did for a subscription. Plain data, one line of JSON in a file. A call of a handler without an end was
 * cut short by the end of its process.
 */
export type DeliveryLine = ClaimedLine | BegunLine | EndedLine | SavedLine | ParkedLine | UnparkedLine;

/**
 * What nodes did for one subscription, from one process or, joined with `concat`, from many of one machine. The lines of a node are
 * in the order in which they were noted.
 */
export type DeliveryRecords = readonly DeliveryLine[];
