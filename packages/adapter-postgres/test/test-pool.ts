import pg from "pg";
import { afterAll } from "vitest";

/** A caller's pool for the tests of a file. Connections that it has just given up may still be there when their server ends. */
export function testPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on("error", () => {});
  afterAll(() => pool.end());
  return pool;
}
