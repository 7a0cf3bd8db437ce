import type { PoolClient } from "pg";
import { escapeIdentifier } from "pg";
import { UNPREPARED } from "../../connection/statement.ts";
import type { ProjectionNames } from "../projection-names.ts";
import { type IndexDefinition, indexDefinition, type ProjectionIndex } from "./projection-index.ts";

/** The declared indexes that the database does not have. */
export async function missingIndexes(
  client: PoolClient,
  names: ProjectionNames,
  indexes: readonly ProjectionIndex[],
): Promise<readonly IndexDefinition[]> {
  if (indexes.length === 0) return [];
  const rows = await UNPREPARED.run(client, {
    text: "select indexname from pg_indexes where schemaname = $1 and tablename = $2",
    values: [names.schema, names.projectionsTable],
  });
  const existing = new Set(rows.map(([name]) => name));
  return indexes.map((index) => indexDefinition(names, index)).filter(({ name }) => !existing.has(name));
}

/** Creates the declared indexes that are missing. Any number of processes may do so at once. */
export async function createIndexes(
  client: PoolClient,
  names: ProjectionNames,
  indexes: readonly ProjectionIndex[],
): Promise<void> {
  if ((await missingIndexes(client, names, indexes)).length === 0) return;
  await client.query("begin isolation level read committed");
  try {
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `eventfold migrations of ${names.migrations}`,
    ]);
    for (const { name, definition } of await missingIndexes(client, names, indexes)) {
      await client.query(`create index if not exists ${escapeIdentifier(name)} ${definition}`);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
    throw error;
  }
}
