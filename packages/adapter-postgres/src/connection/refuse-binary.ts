import type { ClientBase } from "pg";

/**
 * Refuses a client that asks the server for results in binary form: every number and every time would be read wrongly.
 *
 * @throws `TypeError`
 */
export function refuseBinary(client: ClientBase): void {
  if (!("binary" in client) || !client.binary) return;
  throw new TypeError(
    "Results must come as text, but the client asks for binary ones. Create it, or its pool, without `binary: true`.",
  );
}
