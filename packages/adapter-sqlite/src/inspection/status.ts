import { statSync } from "node:fs";
import type { MigrationStatus, OrderingGuarantee, StorageSize, StorageStatus } from "@eventfold/store/adapter";
import type { Client } from "../connection/client.ts";
import type { StatementScope } from "../reading/read-scope.ts";

/** Telling the tables apart means reading every page, so of a larger file only the size as a whole is told. */
const LARGEST_FILE_BY_TABLE = 2 ** 30;

const NEWEST = "SELECT coalesce(max(sequence_number), 0) FROM eventfold_events";
const LAST_GIVEN = "SELECT seq FROM sqlite_sequence WHERE name = 'eventfold_events'";
// A table without rows of its own is one b-tree, which has the name of the table.
const BYTES_BY_TABLE = `SELECT s.name, coalesce((SELECT type FROM sqlite_schema WHERE name = s.name), 'table'), s.pgsize
  FROM dbstat s WHERE s.aggregate = TRUE`;

/** What {@link statusOf} needs beside the connection. */
export interface StatusOptions {
  readonly client: Client;
  readonly scope: StatementScope;
  readonly orderingGuarantee: OrderingGuarantee;
  readonly migrations: readonly MigrationStatus[];
}

/** What the log is, how far it has come, and how much space its file takes. */
export function statusOf({ client, scope, orderingGuarantee, migrations }: StatusOptions): StorageStatus {
  const number = (sql: string) => Number(scope.prepared(sql).get()?.[0] ?? 0);
  return {
    engine: `SQLite ${scope.prepared("SELECT sqlite_version()").get()?.[0]}`,
    orderingGuarantee,
    migrations,
    newestNumber: Math.min(number(NEWEST), scope.visibleUpTo),
    lastNumber: number(LAST_GIVEN),
    events: undefined,
    sizes: [...sizesIn(client, scope)].sort((a, b) => b.bytes - a.bytes),
  };
}

function sizesIn(client: Client, scope: StatementScope): readonly StorageSize[] {
  const bytesOf = (pragma: string) => Number(client.pragma(pragma, { simple: true })) * pageSize;
  const pageSize = Number(client.pragma("page_size", { simple: true }));
  const whole = bytesOf("page_count");
  const outside: readonly StorageSize[] = [
    { name: "free pages", kind: "file", bytes: bytesOf("freelist_count") },
    { name: "write-ahead log", kind: "file", bytes: client.memory ? 0 : logBytes(client.name) },
  ];
  if (whole > LARGEST_FILE_BY_TABLE)
    return [{ name: "the whole file", kind: "file", bytes: whole }, ...outside.filter(isThere)];
  const rows = scope.prepared(BYTES_BY_TABLE).all() as unknown as readonly (readonly [string, string, number])[];
  return [
    ...rows.map(([name, kind, bytes]): StorageSize => ({ name, kind: kind === "index" ? "index" : "table", bytes })),
    ...outside.filter(isThere),
  ];
}

function isThere({ bytes }: StorageSize): boolean {
  return bytes > 0;
}

/** The size of a database's write-ahead log, in bytes; 0 if there is no such file. */
export function logBytes(filename: string): number {
  return statSync(`${filename}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
