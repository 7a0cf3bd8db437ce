import type BetterSqlite3 from "better-sqlite3";
import type { Cell, Client, Row } from "./client.ts";

/** A prepared statement that takes its values by place and gives raw rows. */
export type PreparedStatement = BetterSqlite3.Statement<readonly Cell[] & Cell[], Row>;

const caches = new WeakMap<Client, StatementCache>();

/**
 * The prepared statements of one connection, one per SQL text. The texts are made from a bounded set of shapes, with all
 * values bound, so the cache is bounded too.
 */
export class StatementCache {
  readonly client: Client;
  readonly #statements = new Map<string, PreparedStatement>();

  /** The cache of this connection; the same one every time. */
  static of(client: Client): StatementCache {
    const known = caches.get(client);
    if (known !== undefined) return known;
    const made = new StatementCache(client);
    caches.set(client, made);
    return made;
  }

  private constructor(client: Client) {
    this.client = client;
  }

  /** The statement for this SQL, whatever defaults for integers the owner of the connection has set. */
  prepared(sql: string): PreparedStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.client.prepare<Cell[], Row>(sql).safeIntegers(false) as PreparedStatement;
    if (made.reader) made.raw(true);
    this.#statements.set(sql, made);
    return made;
  }
}
