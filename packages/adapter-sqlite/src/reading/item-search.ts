import type { EventRow } from "./event-row.ts";
import type { IndexedNumbers, NumberList } from "./number-list.ts";
import type { ScanRange } from "./scan-range.ts";
import type { ScanRows } from "./scan-rows.ts";

/** The search for what matches an item of a query, in the order of a scan. It goes on by one look at the database at a time. */
export interface ItemSearch {
  /** The number that the search has come to: no match lies before it. `undefined`: none is left. */
  readonly place: number | undefined;
  /** Whether the event at the place matches. */
  readonly isMatch: boolean;
  /** Looks whether the place is a match, or goes on to a place that may be one. */
  look(): void;
  /** Goes on behind a match. */
  pass(): void;
}

/** Where a search goes through numbers, both ends exclusive, and in which direction. */
export interface SearchPath {
  readonly numbers: ScanRange;
  readonly isBackwards: boolean;
}

function startOf({ numbers, isBackwards }: SearchPath): number | undefined {
  return within(isBackwards ? numbers.before - 1 : numbers.after + 1, numbers);
}

function within(number: number, { after, before }: ScanRange): number | undefined {
  return number > after && number < before ? number : undefined;
}

/** What a {@link TaggedSearch} looks for. */
export interface TaggedItem {
  /** One list per tag. */
  readonly tagged: readonly [IndexedNumbers, ...IndexedNumbers[]];
  /** Further lists that the numbers have to be in. */
  readonly others: readonly NumberList[];
  /** Names, of which an event has to have one; `undefined`: any will do. */
  readonly names: ReadonlySet<string> | undefined;
}

/**
 * The search for the numbers that are in all of several lists. Each list in turn is asked for the nearest number from the place on, which
 * is then the place; where all agree is a match. So the search leaps from one number of the shortest list to the next,
 * whichever that is, and over everything that lies between.
 */
export class TaggedSearch implements ItemSearch {
  readonly #item: TaggedItem;
  readonly #lists: readonly NumberList[];
  readonly #path: SearchPath;
  #place: number | undefined;
  #turn = 0;
  /** How many lists, one after the other, have the place. */
  #agreed = 0;

  constructor(item: TaggedItem, path: SearchPath) {
    this.#item = item;
    this.#lists = [...item.tagged, ...item.others];
    this.#path = path;
    this.#place = startOf(path);
  }

  get place(): number | undefined {
    return this.#place;
  }

  get isMatch(): boolean {
    return this.#agreed === this.#lists.length;
  }

  look(): void {
    if (this.#place === undefined || this.isMatch) return;
    const found = this.#lists[this.#turn]?.seek(this.#place);
    this.#turn = (this.#turn + 1) % this.#lists.length;
    if (found !== this.#place) this.#goTo(found);
    if (this.#place === undefined) return;
    this.#agreed++;
    if (this.isMatch && !this.#hasName()) this.pass();
  }

  pass(): void {
    if (this.#place !== undefined) this.#goTo(this.#place + (this.#path.isBackwards ? -1 : 1));
  }

  #goTo(place: number | undefined): void {
    this.#place = place === undefined ? undefined : within(place, this.#path.numbers);
    this.#agreed = 0;
  }

  #hasName(): boolean {
    const { names, tagged } = this.#item;
    return names === undefined || names.has(tagged[0].name);
  }
}

/** The search for events by their names alone: nothing but looking at all events of the source finds them. */
export class NamedSearch implements ItemSearch {
  readonly #rows: ScanRows;
  readonly #path: SearchPath;
  #found: readonly EventRow[] = [];
  #at = 0;
  #place: number | undefined;

  /** @param rows the rows of the source with the names. */
  constructor(rows: ScanRows, path: SearchPath) {
    this.#rows = rows;
    this.#path = path;
    this.#place = startOf(path);
  }

  get place(): number | undefined {
    return this.#place;
  }

  get isMatch(): boolean {
    return this.#at < this.#found.length;
  }

  look(): void {
    if (this.#place === undefined || this.isMatch) return;
    if (this.#rows.isAtEnd) {
      this.#place = undefined;
      return;
    }
    this.#found = this.#rows.next();
    this.#at = 0;
    this.#place = this.#found[0]?.[0] ?? this.#place;
  }

  pass(): void {
    if (this.#place === undefined) return;
    this.#at++;
    this.#place =
      this.#found[this.#at]?.[0] ?? within(this.#place + (this.#path.isBackwards ? -1 : 1), this.#path.numbers);
  }
}
