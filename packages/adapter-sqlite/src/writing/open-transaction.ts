/** The transaction that is open on a connection, so that what it has not committed can be hidden from readers outside. */
export class OpenTransaction {
  #number = 0;
  #isOpen = false;

  /** The number of the transaction that is open; `undefined` while none is. */
  get number(): number | undefined {
    return this.#isOpen ? this.#number : undefined;
  }

  /** Call it once a transaction has begun, with the write lock. */
  begin(): void {
    this.#number++;
    this.#isOpen = true;
  }

  /** Call it once the transaction has ended: what it wrote is committed or gone. */
  end(): void {
    this.#isOpen = false;
  }
}
