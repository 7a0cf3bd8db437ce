import type { ClientConfig, Pool } from "pg";

/** The configuration of a separate client that connects to where a pool connects. */
export function listenConfigFrom(pool: Pool, listenConnectionString: string | undefined): ClientConfig {
  if (listenConnectionString !== undefined) return { connectionString: listenConnectionString };
  const { password, ssl } = pool.options; // neither is enumerable.
  return {
    ...pool.options,
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
  };
}
