import type { ClientConfig, Pool } from "pg";
import type { Address } from "../servers/primary-client.ts";

/** The configuration of a separate client that connects to where a pool connects, or to an address of its own. */
export function listenConfigFrom(pool: Pool, address: Address | undefined): ClientConfig {
  if (address !== undefined) return address;
  const { password, ssl } = pool.options; // neither is enumerable.
  return {
    ...pool.options,
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
  };
}
