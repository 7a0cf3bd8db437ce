/**
 * Keeps the first n rows of an order while rows are added, in memory bounded by n: whenever another n have gathered,
 * those after the n-th are dropped.
 */
export class FirstRows<TRow> {
  readonly #count: number;
  readonly #compare: (left: TRow, right: TRow) => number;
  readonly #rows: TRow[] = [];
  #last: TRow | undefined;

  constructor(count: number, compare: (left: TRow, right: TRow) => number) {
    this.#count = count;
    this.#compare = compare;
  }

  /** Adds a row, unless n rows that come before it are known already. */
  add(row: TRow): void {
    if (this.#last !== undefined && this.#compare(row, this.#last) >= 0) return;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#count) this.#cut();
  }

  /** The first n rows, in order. */
  sorted(): readonly TRow[] {
    this.#cut();
    return this.#rows;
  }

  #cut(): void {
    this.#rows.sort(this.#compare);
    if (this.#rows.length < this.#count) return;
    this.#rows.length = this.#count;
    this.#last = this.#rows.at(-1);
  }
}
