import type { PreparedStatement } from "../connection/statement-cache.ts";

/** From where reads look at the events: from outside, or from inside a transaction. */
export interface ReadScope {
  /** Whether nothing can be read from here any more. */
  readonly isClosed: boolean;
  /**
   * The newest sequence number that may be seen from here. One connection reads and writes, so what a transaction has
   * not committed lies above it, for everybody outside.
   */
  readonly visibleUpTo: number;
  /** The prepared statement for this SQL. */
  prepared(sql: string): PreparedStatement;
  /**
   * Reads, again while another process keeps the file from being read at all: it does so for a moment when it recovers
   * the write-ahead log or is the last to close the file.
   *
   * @throws what closing the scope calls for; the library's error for a failure of the driver.
   */
  read<T>(reading: () => T): Promise<T>;
}
