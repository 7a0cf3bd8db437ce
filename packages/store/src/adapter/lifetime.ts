/** What lasts until it is ended, as an adapter or a transaction does: every call in it fails from then on. */
export interface Lifetime {
  /** Whether it is over, and every further call fails. */
  readonly isEnded: boolean;
  /** @throws the error of every call once it is over: `AdapterClosedError` or `TransactionEndedError`. */
  throwIfEnded(): void;
}
