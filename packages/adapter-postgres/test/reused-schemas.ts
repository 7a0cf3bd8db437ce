import type { Pool } from "pg";
import { escapeIdentifier } from "pg";

/** The tables that migrations fill; all others hold what a test has stored. */
const KEPT = ["%\\_migrations", "%\\_settings"];

/**
 * Schemas that tests use one after another, each empty when a test gets it. Migrating a new one takes a server longer than most tests, and
 * so does planning every statement on every connection anew.
 */
export class ReusedSchemas {
  readonly #pool: Pool;
  readonly #free: string[] = [];
  #made = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A schema that does not exist yet, or one that is free again, without its rows. It waits until nobody works on these. */
  async take(): Promise<string> {
    const schema = this.#free.pop();
    if (schema !== undefined) {
      await this.#empty(schema);
      return schema;
    }
    this.#made += 1;
    return `reused_${this.#made}`;
  }

  /** Gives a schema to the next test. */
  giveBack(schema: string): void {
    this.#free.push(schema);
  }

  async #empty(schema: string): Promise<void> {
    const statement = "select tablename from pg_tables where schemaname = $1 and tablename not like all ($2)";
    const { rows } = await this.#pool.query<{ tablename: string }>(statement, [schema, KEPT]);
    if (rows.length === 0) return;
    const tables = rows.map(({ tablename }) => `${escapeIdentifier(schema)}.${escapeIdentifier(tablename)}`);
    await this.#pool.query(`truncate ${tables.join(", ")} restart identity cascade`);
  }
}
