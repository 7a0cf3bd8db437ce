import type { StoredEvent } from "@eventfold/types";

/** Folds the events of one partition, as long as a node has its lease. */
export interface EventFold {
  /** How many events to give it at once, as its memory allows. */
  readonly batchSize: number;
  /** Whether it is to be saved before more is folded. */
  readonly isFull: boolean;
  /** Folds events on, in order, in memory. When it rejects none of them is folded. Those that were folded before are passed over. */
  fold(events: readonly StoredEvent[]): Promise<void>;
  /** Stores all that was folded, in a transaction where one is given. Without one, a part may be stored when it rejects. */
  save(transaction?: object): Promise<void>;
  /** Takes note that what was saved last is stored. */
  noteSaved(): void;
  /** Forgets what it remembers, what was not saved too. */
  forget(): void;
}

/** Folds events, and stores what they come to now and then: an event is done when what it was folded into is stored. */
export interface FoldingHandler {
  /** A fold for an owner of a partition. */
  beginFold(partition: FoldedPartition): EventFold;
  /**
   * Checks that what is folded can be stored in a transaction. No I/O.
   *
   * @throws `UnsuitableTransactionError` when it cannot.
   */
  checkTransaction(transaction: object): void;
  readonly handleEvent?: undefined;
  readonly handleBatch?: undefined;
  readonly process?: undefined;
}

/** What is folded by itself. */
export interface FoldedPartition {
  /** From 0. */
  readonly partition: number;
  /** Of so many. */
  readonly partitions: number;
  /** The token of the lease: it rises with each change of owner. */
  readonly fencingToken: number;
}
