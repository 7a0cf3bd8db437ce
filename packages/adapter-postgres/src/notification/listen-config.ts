import type { ClientConfig, Pool } from "pg";

/** How to connect a client of its own to where a pool connects. */
export function listenConfigFrom(pool: Pool, listenConnectionString: string | undefined): ClientConfig {
  if (listenConnectionString !== undefined) return { connectionString: listenConnectionString };
  const { password, ssl } = pool.options; // neither is enumerable.
  return {
    ...pool.options,
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
  };
}
