import type { PreparedStatement } from "../connection/statement-cache.ts";

/** What a reader can see of the events: from outside, or from inside a transaction. */
export interface ReadScope {
  /** Whether nothing can be read from here any more. */
  readonly isClosed: boolean;
  /**
   * The newest sequence number that may be seen from here. One connection reads and writes, so for readers outside what
   * a transaction has not committed lies above it.
   */
  readonly visibleUpTo: number;
  /** The prepared statement for this SQL. */
  prepared(sql: string): PreparedStatement;
  /**
   * Reads, and tries again while another process blocks all reads: it does so briefly when it recovers the write-ahead
   * log or is the last to close the file.
   *
   * @throws what closing the scope calls for; the library's error for a failure of the driver.
   */
  read<T>(reading: () => T): Promise<T>;
}

/** What of a scope is used within a read. */
export type StatementScope = Pick<ReadScope, "visibleUpTo" | "prepared">;
