import type { EventQueryItem, ScanBounds, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import { isTurnOver } from "../connection/event-loop-turn.ts";
import { EVENT_COLUMNS, type EventRow } from "./event-row.ts";
import { type ItemSearch, NamedSearch, type SearchPath, TaggedSearch } from "./item-search.ts";
import { IndexedNumbers, type NumberList } from "./number-list.ts";
import type { StatementScope } from "./read-scope.ts";
import { type ScanFilter, scanFilter } from "./scan-filter.ts";
import { numberRange, scanRange } from "./scan-range.ts";
import { PAGE_ROWS, ScanRows } from "./scan-rows.ts";
import { StreamNumbers } from "./stream-numbers.ts";

/** A scan by the items of a query. */
export interface MatchingScanOptions extends Pick<StorageScanOptions, "bounds" | "direction" | "limit"> {
  readonly bounds: ScanBounds & { readonly matching: readonly EventQueryItem[] };
}

/**
 * The rows of a scan by the items of a query, page by page. Numbers are found by the indexes alone; what else narrows the scan decides
 * when the row of a number is read. What it costs depends on how many events have the rarest tag of each item.
 */
export class MatchingRows {
  readonly #scope: StatementScope;
  readonly #isBackwards: boolean;
  readonly #filter: ScanFilter;
  #searches: readonly ItemSearch[];
  /** Numbers of events that match, whose rows are not read yet. */
  #found: number[] = [];
  #left: number;

  /** Reads where the scan is to end; call it in the scan's first step. */
  constructor(scope: StatementScope, source: SourceIdentifier, options: MatchingScanOptions) {
    this.#scope = scope;
    this.#isBackwards = options.direction === "backwards";
    this.#filter = scanFilter(source, options.bounds);
    this.#searches = searchesFor(scope, source, options);
    this.#left = options.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether there is nothing more to come. */
  get isAtEnd(): boolean {
    return this.#left <= 0 || (this.#searches.length === 0 && this.#found.length === 0);
  }

  /** The next rows, as many as this turn of the event loop allows to find; there may be none although the end is not reached. */
  next(): readonly EventRow[] {
    const count = Math.min(PAGE_ROWS, this.#left);
    do this.#look();
    while (this.#searches.length > 0 && this.#found.length < count && !isTurnOver());
    const rows = this.#rowsOf(this.#found);
    this.#found = []; // not before they are read: a read that another process prevents is repeated
    this.#left -= rows.length;
    return rows;
  }

  /** Takes a match, or else one look, for the item that has come least far. */
  #look(): void {
    const search = this.#leastFar();
    if (search?.place === undefined) return;
    if (search.isMatch) this.#take(search.place);
    else search.look();
    if (this.#searches.some(({ place }) => place === undefined)) this.#searches = this.#searches.filter(isUnderWay);
  }

  #leastFar(): ItemSearch | undefined {
    let least: ItemSearch | undefined;
    for (const search of this.#searches) {
      if (least === undefined || this.#isBehind(search, least)) least = search;
    }
    return least;
  }

  #isBehind(search: ItemSearch, least: ItemSearch): boolean {
    const [place, other] = [search.place ?? 0, least.place ?? 0];
    if (place === other) return !search.isMatch; // all that have come to a match find it together
    return this.#isBackwards ? place > other : place < other;
  }

  #take(number: number): void {
    this.#found.push(number);
    for (const search of this.#searches) if (search.place === number) search.pass();
  }

  /** In one statement, which takes less than half of the time of one for each; SQLite goes through the array in its order. */
  #rowsOf(numbers: readonly number[]): readonly EventRow[] {
    if (numbers.length === 0) return [];
    const statement = this.#scope.prepared(`${BY_NUMBERS}${this.#filter.sql}`);
    return statement.all(JSON.stringify(numbers), ...this.#filter.values) as unknown as readonly EventRow[];
  }
}

const BY_NUMBERS = `SELECT ${EVENT_COLUMNS} FROM (SELECT value AS wanted FROM json_each(?))
  CROSS JOIN eventfold_events NOT INDEXED ON sequence_number = wanted WHERE TRUE`;

/** The searches whose matches together are all of the scan, and perhaps more: `names` narrows them, the other bounds do not. */
function searchesFor(
  scope: StatementScope,
  source: SourceIdentifier,
  { bounds: wantedBounds, direction }: MatchingScanOptions,
): readonly ItemSearch[] {
  const isBackwards = direction === "backwards";
  const path: SearchPath = { numbers: numberRange(scope, wantedBounds), isBackwards };
  // One end for all searches: what is published between two statements would be in some of them.
  const bounds = { ...wantedBounds, sequenceNumberBefore: path.numbers.before };
  const ofSource = numbersOf(scope, source, { bounds, isBackwards });
  const byNames = new Set<string>();
  const searches: ItemSearch[] = [];
  for (const { names, tags } of bounds.matching) {
    const wanted = namesOfBoth(names, bounds.names);
    const [first, ...rest] = (tags ?? []).map((tag) => IndexedNumbers.ofTag(scope, tag, isBackwards));
    if (first === undefined) for (const name of wanted ?? []) byNames.add(name);
    else if (wanted?.size !== 0) {
      searches.push(new TaggedSearch({ tagged: [first, ...rest], others: ofSource(), names: wanted }, path));
    }
  }
  if (byNames.size > 0) {
    const options = { bounds: { ...bounds, names: [...byNames] }, direction, limit: undefined, placesOnly: true };
    searches.push(new NamedSearch(new ScanRows(scope, source, options), path));
  }
  return searches.filter(isUnderWay);
}

function isUnderWay({ place }: ItemSearch): boolean {
  return place !== undefined;
}

/** The names that are in both lists; `undefined`: any. */
function namesOfBoth(
  names: readonly string[] | undefined,
  others: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (names === undefined) return others === undefined ? undefined : new Set(others);
  return new Set(others === undefined ? names : names.filter((name) => others.includes(name)));
}

/** Makes lists that numbers have to be in, to be of the source. The log is left to the rows: whatever has tags is mostly in it. */
function numbersOf(
  scope: StatementScope,
  source: SourceIdentifier,
  { bounds, isBackwards }: { readonly bounds: ScanBounds; readonly isBackwards: boolean },
): () => readonly NumberList[] {
  switch (source.kind) {
    case "log":
      return () => [];
    case "category":
      return () => [IndexedNumbers.ofCategory(scope, source.category, isBackwards)];
    case "stream": {
      const positions = scanRange(scope, source, bounds);
      return () => [new StreamNumbers(scope, source, { positions, isBackwards })];
    }
  }
}
