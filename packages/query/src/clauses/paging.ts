/** Where a page begins or ends: opaque, made by a page, and usable only with the query that made it. */
export type Cursor = string;

/** A page by its number. */
export interface OffsetPaging {
  readonly kind: "offset";
  /** From 1. */
  readonly number: number;
  readonly size: number;
  readonly withTotal?: true;
}

/** A page after or before a cursor; the first one without either. */
export interface KeysetPaging {
  readonly kind: "keyset";
  readonly size: number;
  readonly after?: Cursor;
  readonly before?: Cursor;
  readonly withTotal?: true;
}

/** Which part of the result is wanted, as data. */
export type Paging = OffsetPaging | KeysetPaging;
