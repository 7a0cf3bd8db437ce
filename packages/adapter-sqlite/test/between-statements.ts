import type BetterSqlite3 from "better-sqlite3";
import { vi } from "vitest";
import { type PreparedStatement, StatementCache } from "../src/connection/statement-cache.ts";

/**
 * Does something before the statement of that number, counted from 0, that a connection reads with while work is done.
 *
 * @returns whether the work read with so many statements.
 */
export async function beforeStatement(
  client: BetterSqlite3.Database,
  number: number,
  { act, work }: { readonly act: () => void; readonly work: () => Promise<unknown> },
): Promise<boolean> {
  const cache = StatementCache.of(client);
  const prepared = cache.prepared.bind(cache);
  let next = 0;
  const count = (): void => {
    if (next++ === number) act();
  };
  const spy = vi.spyOn(cache, "prepared").mockImplementation((sql) => {
    const statement = prepared(sql);
    if (!statement.reader) return statement;
    return {
      all: (...values: Parameters<PreparedStatement["all"]>) => {
        count();
        return statement.all(...values);
      },
      get: (...values: Parameters<PreparedStatement["get"]>) => {
        count();
        return statement.get(...values);
      },
    } as PreparedStatement;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return next > number;
}
