import { createHash } from "node:crypto";

/**
 * The notification channel of what a table belongs to. A channel is a name of at most 63 bytes. SHA-256, not MD5, which servers
 * and runtimes in FIPS mode refuse.
 */
export function channelOf(schema: string, table: string): string {
  return `ef_${createHash("sha256")
    .update(JSON.stringify([schema, table]))
    .digest("hex")
    .slice(0, 48)}`;
}
