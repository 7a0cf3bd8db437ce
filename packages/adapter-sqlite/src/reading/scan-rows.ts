import type { StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import type { Cell } from "../connection/client.ts";
import { EVENT_COLUMNS, type EventRow, PLACE_COLUMNS } from "./event-row.ts";
import type { StatementScope } from "./read-scope.ts";
import { type ScanFilter, scanFilter } from "./scan-filter.ts";
import { type ScanRange, scanRange } from "./scan-range.ts";

/** The most rows of a page. */
export const PAGE_ROWS = 1_000;

/**
 * How many events one query may look at. Without it a filter that matches nothing would read the whole log in one go
 * and block the event loop.
 */
const LOOKED_AT_ROWS = 8_000;

/** The same where a query is one of several in a turn of the event loop. */
const LOOKED_AT_PLACES = 1_000;

/** What is read of each event. */
export interface RowSelection {
  /** The select list, which begins with {@link PLACE_COLUMNS}. */
  readonly columns: string;
  /** What is bound in it. */
  readonly values: readonly Cell[];
  /** Whether the log includes the library's own categories. */
  readonly includesOwnCategories: boolean;
}

const WHOLE_EVENTS: RowSelection = { columns: EVENT_COLUMNS, values: [], includesOwnCategories: false };
const PLACES_ONLY: RowSelection = { ...WHOLE_EVENTS, columns: PLACE_COLUMNS };

/** What rows are wanted. */
export interface ScanRowsOptions extends Pick<StorageScanOptions, "bounds" | "direction" | "limit"> {
  /** Only where each event is: its row ends with the position. Default: `false`. */
  readonly placesOnly?: boolean;
  /** What is read instead of whole events. */
  readonly selection?: RowSelection;
}

/** The rows of a scan, page by page. Nothing is held between two pages: each is a query of its own. */
export class ScanRows<TRow extends readonly unknown[] = EventRow> {
  readonly #scope: StatementScope;
  readonly #source: SourceIdentifier;
  readonly #isBackwards: boolean;
  readonly #filter: ScanFilter;
  readonly #selection: RowSelection;
  #range: ScanRange;
  #left: number;

  /** Reads where the scan is to end; call it in the scan's first step. */
  constructor(scope: StatementScope, source: SourceIdentifier, options: ScanRowsOptions) {
    this.#scope = scope;
    this.#source = source;
    this.#isBackwards = options.direction === "backwards";
    this.#selection = options.selection ?? (options.placesOnly ? PLACES_ONLY : WHOLE_EVENTS);
    this.#filter = scanFilter(source, options.bounds, this.#selection);
    this.#range = scanRange(scope, source, options.bounds);
    this.#left = options.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether there is nothing more to come. */
  get isAtEnd(): boolean {
    return this.#left <= 0 || this.#range.after + 1 >= this.#range.before;
  }

  /** The next rows; there may be none although the end is not reached. */
  next(): readonly TRow[] {
    const window = this.#window();
    const count = Math.min(PAGE_ROWS, this.#left);
    const statement = this.#scope.prepared(this.#sql());
    const values = [
      ...this.#selection.values,
      ...namesOf(this.#source),
      window.after,
      window.before,
      ...this.#filter.values,
      count,
    ];
    const rows = statement.all(...values) as unknown as readonly TRow[];
    this.#left -= rows.length;
    this.#moveOn(rows.length < count ? undefined : rows.at(-1), window);
    if (rows.length === 0 && this.#source.kind === "log") this.#passGap();
    return rows;
  }

  /** Goes on behind the last row of a full page; behind the window when the page shows that it is exhausted. */
  #moveOn(last: TRow | undefined, window: ScanRange): void {
    const { after, before } = this.#range;
    const place = last?.[this.#source.kind === "stream" ? 3 : 0] as number | undefined;
    this.#range = this.#isBackwards
      ? { after, before: place ?? window.after + 1 }
      : { after: place ?? window.before - 1, before };
  }

  /** Goes on next to an event: a log that was restored may have gaps of billions of numbers. */
  #passGap(): void {
    const { after, before } = this.#range;
    if (this.#isBackwards) {
      const [previous] = this.#scope.prepared(PREVIOUS_NUMBER).get(before) ?? [];
      this.#range = { after, before: Math.max(after, Number(previous ?? after)) + 1 };
    } else {
      const [next] = this.#scope.prepared(NEXT_NUMBER).get(after) ?? [];
      this.#range = { after: Math.min(before, Number(next ?? before)) - 1, before };
    }
  }

  /** The part of the range that the next query may look at. */
  #window(): ScanRange {
    const { after, before } = this.#range;
    if (this.#isBackwards) return { after: Math.max(after, this.#windowEnd(before) - 1), before };
    return { after, before: Math.min(before, this.#windowEnd(after) + 1) };
  }

  /** The last place that a query may look at when it starts next to another one. */
  #windowEnd(start: number): number {
    const sign = this.#isBackwards ? -1 : 1;
    const lookedAt = this.#selection === PLACES_ONLY ? LOOKED_AT_PLACES : LOOKED_AT_ROWS;
    // Positions have no gaps, and numbers of the log few, which #moveOn passes over; only a category may lie thin in the log.
    if (this.#source.kind !== "category") return start + sign * lookedAt;
    const farthest = sign * Number.MAX_SAFE_INTEGER;
    if (!this.#filter.isSelective) return farthest;
    const { category } = this.#source;
    const row = this.#scope.prepared(this.#isBackwards ? ROWS_BACK : ROWS_AHEAD).get(category, start, lookedAt);
    return Number(row?.[0] ?? farthest);
  }

  #sql(): string {
    return `SELECT ${this.#selection.columns} FROM eventfold_events ${PLACES[this.#source.kind]}${this.#filter.sql}
      ORDER BY ${this.#source.kind === "stream" ? "position" : "sequence_number"}${this.#isBackwards ? " DESC" : ""} LIMIT ?`;
  }
}

const PLACES = {
  log: "NOT INDEXED WHERE sequence_number > ? AND sequence_number < ?",
  category:
    "INDEXED BY eventfold_events_by_category WHERE category = ? AND sequence_number > ? AND sequence_number < ?",
  stream: "INDEXED BY eventfold_events_by_stream WHERE category = ? AND stream = ? AND position > ? AND position < ?",
};

const NEXT_NUMBER = "SELECT min(sequence_number) FROM eventfold_events WHERE sequence_number > ?";
const PREVIOUS_NUMBER = "SELECT max(sequence_number) FROM eventfold_events WHERE sequence_number < ?";

const ROWS_AHEAD = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = ? AND sequence_number > ? ORDER BY sequence_number LIMIT 1 OFFSET ?`;
const ROWS_BACK = `SELECT sequence_number FROM eventfold_events INDEXED BY eventfold_events_by_category
  WHERE category = ? AND sequence_number < ? ORDER BY sequence_number DESC LIMIT 1 OFFSET ?`;

function namesOf(source: SourceIdentifier): Cell[] {
  switch (source.kind) {
    case "log":
      return [];
    case "category":
      return [source.category];
    case "stream":
      return [source.category, source.stream];
  }
}
