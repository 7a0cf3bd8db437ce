/** Something that lasts until it is ended, such as an adapter or a transaction: from then on every call in it fails. */
export interface Lifetime {
  /** Whether it is over, and every further call fails. */
  readonly isEnded: boolean;
  /**
   * Refuses a call once it is over.
   *
   * @throws `AdapterClosedError` (`ADAPTER_CLOSED`) or `TransactionEndedError` (`TRANSACTION_ENDED`).
   */
  throwIfEnded(): void;
}
