/** What lasts until it is ended, as an adapter or a transaction does: every call in it fails from then on. */
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
