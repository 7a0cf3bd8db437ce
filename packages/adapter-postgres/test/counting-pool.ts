import { Pool, type PoolClient } from "pg";

/** A pool, and the texts of all statements that were run on its connections. */
export interface CountingPool {
  readonly pool: Pool;
  /** How many statements contain a text; all of them without one. */
  count(text?: string): number;
  /** Forgets what was run so far. */
  reset(): void;
}

/** A pool that counts. It changes nothing about what the driver does. */
export function countingPool(connectionString: string): CountingPool {
  const pool = new Pool({ connectionString });
  const texts: string[] = [];
  pool.on("connect", (client: PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]): unknown => {
      const [first] = args;
      texts.push(typeof first === "string" ? first : (first as { readonly text: string }).text);
      return query(...args);
    };
    Object.assign(client, { query: counted });
  });
  return {
    pool,
    count: (text = "") => texts.filter((each) => each.includes(text)).length,
    reset: () => {
      texts.length = 0;
    },
  };
}
