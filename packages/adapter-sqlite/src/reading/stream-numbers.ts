import type { StreamIdentifier } from "@eventfold/types";
import type { PreparedStatement } from "../connection/statement-cache.ts";
import type { NumberList } from "./number-list.ts";
import type { StatementScope } from "./read-scope.ts";
import type { ScanRange } from "./scan-range.ts";

/**
 * The numbers of the events of a stream. No index keeps them by number, but numbers rise with positions. So a number is found by halving,
 * in a range that doubles from where the last one was found: the next event costs one look, and a leap a few more.
 */
export class StreamNumbers implements NumberList {
  readonly #stream: StreamIdentifier;
  readonly #positions: ScanRange;
  readonly #isBackwards: boolean;
  readonly #statement: PreparedStatement;
  /** How many events of the range, in its order, are known to be passed. */
  #passed = 0;
  /** What was looked at last. */
  #seen: { readonly index: number; readonly number: number | undefined } = { index: -1, number: undefined };

  /** @param positions what the list is limited to, both ends exclusive. */
  constructor(
    scope: StatementScope,
    stream: StreamIdentifier,
    { positions, isBackwards }: { readonly positions: ScanRange; readonly isBackwards: boolean },
  ) {
    this.#stream = stream;
    this.#positions = positions;
    this.#isBackwards = isBackwards;
    this.#statement = scope.prepared(isBackwards ? LAST_UP_TO_POSITION : FIRST_FROM_POSITION);
  }

  seek(place: number): number | undefined {
    let low = this.#passed;
    let high = low;
    for (let step = 1; this.#isPassed(high, place); step *= 2) {
      low = high + 1;
      high = low + step - 1;
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#isPassed(middle, place)) low = middle + 1;
      else high = middle;
    }
    this.#passed = low;
    return this.#numberAt(low);
  }

  #isPassed(index: number, place: number): boolean {
    const number = this.#numberAt(index);
    return number !== undefined && (this.#isBackwards ? number > place : number < place);
  }

  /** The number of the event that has this index in the range; `undefined` beyond its end. */
  #numberAt(index: number): number | undefined {
    const { after, before } = this.#positions;
    const position = this.#isBackwards ? before - 1 - index : after + 1 + index;
    if (position <= after || position >= before) return undefined;
    if (this.#seen.index !== index) {
      const { category, stream } = this.#stream;
      const row = this.#statement.get(category, stream, position);
      this.#seen = { index, number: row?.[0] as number | undefined };
    }
    return this.#seen.number;
  }
}

const FIRST_FROM_POSITION = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = +? AND stream = +? AND position >= +? ORDER BY position LIMIT 1`;
const LAST_UP_TO_POSITION = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_stream
  WHERE category = +? AND stream = +? AND position <= +? ORDER BY position DESC LIMIT 1`;
