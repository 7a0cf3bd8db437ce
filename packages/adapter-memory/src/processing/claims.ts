import type { PartitionLease } from "@eventfold/processing";
import type { PartitionRow } from "./partition-row.ts";
import type { ProcessingTables } from "./processing-tables.ts";

/**
 * Claims a partition for a living session, if it is free and has the token that was seen. A partition that the session already
 * has by the same claim is given to it again.
 */
export function claimPartition(
  tables: ProcessingTables,
  seen: PartitionLease,
  session: string,
): PartitionRow | undefined {
  const row = tables.subscriptions.partition(seen);
  if (row === undefined) return undefined;
  if (row.token === seen.token && tables.isFree(row)) {
    row.token += 1;
    row.owner = session;
    return row;
  }
  return row.token === seen.token + 1 && row.owner === session ? row : undefined;
}
