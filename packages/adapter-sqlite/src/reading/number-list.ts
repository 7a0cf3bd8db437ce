import type { Cell, Row } from "../connection/client.ts";
import type { PreparedStatement } from "../connection/statement-cache.ts";
import type { StatementScope } from "./read-scope.ts";

/** Sequence numbers in the order of a scan, in which the next one from any place on is found at the cost of one look. */
export interface NumberList {
  /**
   * The nearest number from a place on, itself included, in the direction of the scan; `undefined` when there is none. From call to call
   * the place only goes ahead.
   */
  seek(place: number): number | undefined;
}

/** How many numbers the first look reads: few, for mostly there are few, or the next one wanted is far away. */
const FIRST_AHEAD = 8;

/** The most numbers that one look reads, where many are wanted one after the other. */
const MOST_AHEAD = 256;

/** A list that an index keeps by its key: the numbers of a tag, or of a category. */
export class IndexedNumbers implements NumberList {
  readonly #statement: PreparedStatement;
  readonly #key: Cell;
  readonly #isBackwards: boolean;
  /** The rows that were read last. Those before `#at` are passed, and some of them were leapt over. */
  #ahead: readonly Row[] = [];
  #at = 0;
  #leaptOver = 0;
  #count = FIRST_AHEAD;

  /** The numbers of the events with a tag, with their {@link name}. */
  static ofTag(scope: StatementScope, tag: string, isBackwards: boolean): IndexedNumbers {
    return new IndexedNumbers(scope.prepared(isBackwards ? TAGGED_BACK : TAGGED_AHEAD), tag, isBackwards);
  }

  /** The numbers of the events of a category. */
  static ofCategory(scope: StatementScope, category: string, isBackwards: boolean): IndexedNumbers {
    return new IndexedNumbers(scope.prepared(isBackwards ? CATEGORY_BACK : CATEGORY_AHEAD), category, isBackwards);
  }

  private constructor(statement: PreparedStatement, key: Cell, isBackwards: boolean) {
    this.#statement = statement;
    this.#key = key;
    this.#isBackwards = isBackwards;
  }

  /** The name of the event whose number was found last, in a list of a tag. */
  get name(): string {
    return String(this.#ahead[this.#at]?.[1]);
  }

  seek(place: number): number | undefined {
    this.#pass(place);
    if (this.#at === this.#ahead.length) this.#readFrom(place);
    return this.#ahead[this.#at]?.[0] as number | undefined;
  }

  #pass(place: number): void {
    const found = this.#at;
    while (this.#at < this.#ahead.length && this.#isBefore(this.#ahead[this.#at]?.[0] as number, place)) this.#at++;
    this.#leaptOver += Math.max(0, this.#at - found - 1);
  }

  #isBefore(number: number, place: number): boolean {
    return this.#isBackwards ? number > place : number < place;
  }

  /** The next look will read twice as far, or one number if nearly all that was read was leapt over: a row costs a fourth of a look. */
  #readFrom(place: number): void {
    if (this.#leaptOver > 0 && this.#leaptOver * 4 >= this.#ahead.length * 3) this.#count = 1;
    this.#ahead = this.#statement.all(this.#key, place, this.#count);
    this.#at = 0;
    this.#leaptOver = 0;
    this.#count = Math.min(this.#count * 2, MOST_AHEAD);
  }
}

// A unary plus: for a parameter alone in a condition or a limit, SQLite would prepare the statement anew whenever it is bound,
// because statistics about its value might suggest another plan. That would double the cost of a look.
const TAGGED_AHEAD = `SELECT sequence_number, name FROM eventfold_event_tags
  WHERE tag = +? AND sequence_number >= +? ORDER BY sequence_number LIMIT +?`;
const TAGGED_BACK = `SELECT sequence_number, name FROM eventfold_event_tags
  WHERE tag = +? AND sequence_number <= +? ORDER BY sequence_number DESC LIMIT +?`;
const CATEGORY_AHEAD = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = +? AND sequence_number >= +? ORDER BY sequence_number LIMIT +?`;
const CATEGORY_BACK = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = +? AND sequence_number <= +? ORDER BY sequence_number DESC LIMIT +?`;
