import type BetterSqlite3 from "better-sqlite3";

/** A connection of better-sqlite3. */
export type Client = BetterSqlite3.Database;

/** A value that SQLite stores in the library's tables and gives back. */
export type Cell = string | number | null;

/** A row as the driver gives it in its raw form, which is its fastest: the columns in the order of the select list. */
export type Row = readonly Cell[];
