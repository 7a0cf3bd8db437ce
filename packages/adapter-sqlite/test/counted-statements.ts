import type BetterSqlite3 from "better-sqlite3";
import { vi } from "vitest";
import { type PreparedStatement, StatementCache } from "../src/connection/statement-cache.ts";

/** What reads did while it was counted. */
export interface StatementCounts {
  /** How often a statement was run. */
  readonly runs: number;
  /** How many rows they gave. */
  readonly rows: number;
}

/** Counts the reads of a connection by some of its statements, while work is done. */
export async function countingReads(
  client: BetterSqlite3.Database,
  isCounted: (sql: string) => boolean,
  work: () => Promise<unknown>,
): Promise<StatementCounts> {
  const cache = StatementCache.of(client);
  const prepared = cache.prepared.bind(cache);
  let [runs, rows] = [0, 0];
  const counted = <T>(result: T, count: number): T => {
    runs += 1;
    rows += count;
    return result;
  };
  const spy = vi.spyOn(cache, "prepared").mockImplementation((sql) => {
    const statement = prepared(sql);
    if (!isCounted(sql) || !statement.reader) return statement;
    return {
      all: (...values: Parameters<PreparedStatement["all"]>) => {
        const found = statement.all(...values);
        return counted(found, found.length);
      },
      get: (...values: Parameters<PreparedStatement["get"]>) => {
        const found = statement.get(...values);
        return counted(found, found === undefined ? 0 : 1);
      },
    } as PreparedStatement;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return { runs, rows };
}
