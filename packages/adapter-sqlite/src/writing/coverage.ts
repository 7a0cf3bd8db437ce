/** Tells the transactions of one connection apart, so that what is not committed can be hidden from those outside. */
export class Coverage {
  #number = 0;
  #isOpen = false;

  /** The number of the transaction that is open; `undefined` while none is. */
  get covering(): number | undefined {
    return this.#isOpen ? this.#number : undefined;
  }

  /** A transaction has begun, with the write lock. */
  cover(): void {
    this.#number++;
    this.#isOpen = true;
  }

  /** It has ended: what it wrote is committed, or gone. */
  uncover(): void {
    this.#isOpen = false;
  }
}
