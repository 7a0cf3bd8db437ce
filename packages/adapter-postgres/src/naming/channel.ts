import { createHash } from "node:crypto";

/**
 * The notification channel of the log or the processing that a table belongs to. The name of a channel has at most 63 bytes. It
 * is made by SHA-256, not MD5, which servers and runtimes in FIPS mode refuse.
 */
export function channelOf(schema: string, table: string): string {
  return `ef_${createHash("sha256")
    .update(JSON.stringify([schema, table]))
    .digest("hex")
    .slice(0, 48)}`;
}
