import { isEventfoldError, NotADatabaseError } from "@eventfold/types";
import type { Client } from "../connection/client.ts";
import { sqliteCodeOf, translateError } from "../connection/translate-error.ts";

/** What each component reads and writes. Preparing these fails when a table, a column or an index of it is missing. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  events: [
    `SELECT sequence_number, category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata, tags
      FROM eventfold_events INDEXED BY eventfold_events_by_stream WHERE category = '' AND stream = '' AND position = 0`,
    "SELECT 1 FROM eventfold_events INDEXED BY eventfold_events_by_category WHERE category = '' AND sequence_number = 0",
    "SELECT 1 FROM eventfold_events INDEXED BY eventfold_events_by_id WHERE id = x''",
    "SELECT tag, sequence_number, name FROM eventfold_event_tags WHERE tag = '' AND sequence_number = 0",
    "SELECT singleton, ordering_guarantee FROM eventfold_log",
  ],
  projections: [
    `SELECT name, projector_version, id, last_sequence_number, source, metadata, state
      FROM eventfold_projections INDEXED BY eventfold_projections_by_source
      WHERE name = '' AND projector_version = 0 AND source = ''`,
    "SELECT name, active_version FROM eventfold_projection_versions",
  ],
  processing: [
    `SELECT id, name, lease_ms, beat, subscriptions, beat_at
      FROM eventfold_processing_sessions INDEXED BY eventfold_processing_sessions_by_name WHERE name = ''`,
    `SELECT id, name, source, partitioning, partitions, repartition, repartition_partitions, fence, last_repartition
      FROM eventfold_processing_subscriptions INDEXED BY eventfold_processing_subscriptions_by_name WHERE name = ''`,
    `SELECT subscription, partition, token, owner, sequence_number, event_id, is_paused, error, requests, carried_out
      FROM eventfold_processing_partitions`,
    `SELECT subscription, sequence_number, hash, event_id, category, stream, is_whole_stream, attempts, error, parked_at
      FROM eventfold_processing_parked`,
    "SELECT name, session, holder, token FROM eventfold_processing_locks",
    "SELECT name, value FROM eventfold_processing_counters",
  ],
  keys: [
    "SELECT subject, current_key, forgotten_at FROM eventfold_key_subjects",
    `SELECT id, subject, secret, encrypted_with FROM eventfold_keys INDEXED BY eventfold_keys_by_subject
      WHERE subject = ''`,
  ],
};

/**
 * Checks that the tables of every component are there, with their columns and indexes.
 *
 * @throws `NotADatabaseError` (`NOT_A_DATABASE`) when one is missing; what the driver throws when it cannot tell.
 */
export function checkTables(client: Client): void {
  try {
    const components = client.prepare<[], string>("SELECT DISTINCT component FROM eventfold_migrations").pluck().all();
    for (const sql of components.flatMap((component) => NEEDED[component] ?? [])) client.prepare(sql);
  } catch (cause) {
    if (!isFaultOfStatement(cause)) throw cause;
    throw new NotADatabaseError(
      "This is not a database of eventfold: a table, a column or an index whose name begins with eventfold_ is missing. Restore it from a backup.",
      { cause },
    );
  }
}

/**
 * The library's error for a failure of the driver, as {@link translateError}, for a connection that may be asked why.
 * SQLite distinguishes a missing table only by its message, so the tables are checked.
 */
export function translateErrorOn(client: Client, error: unknown): Error {
  const cause = isEventfoldError(error, "STORAGE_FAILED") ? error.cause : error;
  if (isFaultOfStatement(cause)) {
    try {
      checkTables(client);
    } catch (reason) {
      if (isEventfoldError(reason)) return reason;
    }
  }
  return translateError(error);
}

function isFaultOfStatement(error: unknown): boolean {
  return sqliteCodeOf(error) === "SQLITE_ERROR";
}
