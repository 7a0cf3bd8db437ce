import type { CompletenessKey } from "@eventfold/projections";
import type { Client } from "../connection/client.ts";
import { StatementCache } from "../connection/statement-cache.ts";
import type { ProjectionTables } from "../query/projection-tables.ts";
import { categoryOf } from "./completeness.ts";
import { type DeletedRows, deletedRowsCondition } from "./deleted-rows.ts";

const TABLES = `
  CREATE TEMP TABLE IF NOT EXISTS eventfold_projections_before (
    name TEXT, projector_version INTEGER, id TEXT, last_sequence_number INTEGER, last_position INTEGER, is_removed INTEGER,
    source TEXT, metadata TEXT, state TEXT,
    PRIMARY KEY (name, projector_version, id)
  );
  CREATE TEMP TABLE IF NOT EXISTS eventfold_versions_before (name TEXT PRIMARY KEY, active_version INTEGER);
  CREATE TEMP TABLE IF NOT EXISTS eventfold_completeness_before (
    name TEXT, projector_version INTEGER, category TEXT, complete_up_to INTEGER,
    PRIMARY KEY (name, projector_version, category)
  );`;

const COLUMNS = "name, projector_version, id, last_sequence_number, last_position, is_removed, source, metadata, state";

const SAVED_KEYS = `INSERT OR IGNORE INTO temp.eventfold_projections_before
  SELECT k.value ->> 0, k.value ->> 1, k.value ->> 2,
    p.last_sequence_number, p.last_position, p.is_removed, p.source, p.metadata, p.state
  FROM json_each(?) AS k LEFT JOIN eventfold_projections AS p
  ON p.name = k.value ->> 0 AND p.projector_version = k.value ->> 1 AND p.id = k.value ->> 2`;
const CLEARED_ROWS = `INSERT OR IGNORE INTO temp.eventfold_projections_before
  SELECT ${COLUMNS} FROM eventfold_projections WHERE `;
const ACTIVE_VERSIONS = `INSERT OR IGNORE INTO temp.eventfold_versions_before
  SELECT n.value, v.active_version
  FROM json_each(?) AS n LEFT JOIN eventfold_projection_versions AS v ON v.name = n.value`;
const COMPLETENESS_OF_NAMES = `INSERT OR IGNORE INTO temp.eventfold_completeness_before
  SELECT c.name, c.projector_version, c.category, c.complete_up_to
  FROM json_each(?) AS n JOIN eventfold_projection_completeness AS c ON c.name = n.value`;
const NO_COMPLETENESS = "INSERT OR IGNORE INTO temp.eventfold_completeness_before VALUES (?, ?, ?, NULL)";

const COMMITTED: ProjectionTables = Object.freeze({
  projections: `(SELECT ${COLUMNS} FROM eventfold_projections AS c WHERE NOT EXISTS (SELECT 1 FROM temp.eventfold_projections_before AS b
      WHERE b.name = c.name AND b.projector_version = c.projector_version AND b.id = c.id)
    UNION ALL SELECT ${COLUMNS} FROM temp.eventfold_projections_before WHERE state IS NOT NULL)`,
  versions: `(SELECT name, active_version FROM eventfold_projection_versions AS c
    WHERE NOT EXISTS (SELECT 1 FROM temp.eventfold_versions_before AS b WHERE b.name = c.name)
    UNION ALL SELECT name, active_version FROM temp.eventfold_versions_before WHERE active_version IS NOT NULL)`,
  completeness: `(SELECT name, projector_version, category, complete_up_to FROM eventfold_projection_completeness AS c
    WHERE NOT EXISTS (SELECT 1 FROM temp.eventfold_completeness_before AS b
      WHERE b.name = c.name AND b.projector_version = c.projector_version AND b.category = c.category)
    UNION ALL SELECT name, projector_version, category, complete_up_to
    FROM temp.eventfold_completeness_before WHERE complete_up_to IS NOT NULL)`,
});

const known = new WeakMap<Client, BeforeImages>();

/**
 * The rows that an open transaction has replaced, as they were before: since there is only one connection, they let
 * readers outside see the committed state. They are kept in temporary tables, which are rolled back with the
 * transaction.
 */
export class BeforeImages {
  readonly #statements: StatementCache;
  #transaction: number | undefined;

  /** The before-images of a connection. Creates the temporary tables, so no other transaction may be open. */
  static of(client: Client): BeforeImages {
    const made = known.get(client) ?? new BeforeImages(client);
    known.set(client, made);
    return made;
  }

  private constructor(client: Client) {
    client.exec(TABLES);
    this.#statements = StatementCache.of(client);
  }

  /** What to read while a transaction is open, to see only what was committed; `undefined` when it has changed nothing. */
  committedTables(transaction: number | undefined): ProjectionTables | undefined {
    return transaction !== undefined && transaction === this.#transaction ? COMMITTED : undefined;
  }

  /** Gets ready to record for a transaction, once: what an earlier one left is dropped. */
  begin(transaction: number): void {
    if (this.#transaction === transaction) return;
    this.#statements.prepared("DELETE FROM temp.eventfold_projections_before").run();
    this.#statements.prepared("DELETE FROM temp.eventfold_versions_before").run();
    this.#statements.prepared("DELETE FROM temp.eventfold_completeness_before").run();
    this.#transaction = transaction;
  }

  /** Records rows that are going to be saved; keys are a JSON list of `[name, version, id]`. */
  beforeSave(keys: string): void {
    this.#statements.prepared(SAVED_KEYS).run(keys);
  }

  /** Records rows that are going to be deleted. */
  beforeDeletion(rows: DeletedRows): void {
    const { sql, values } = deletedRowsCondition(rows);
    this.#statements.prepared(CLEARED_ROWS + sql).run(...values);
  }

  /** Records the active versions of names before they may change. */
  beforeActivation(names: readonly string[]): void {
    this.#statements.prepared(ACTIVE_VERSIONS).run(JSON.stringify(names));
  }

  /** Records up to which numbers projections of these names are complete; and one that is to be stored. */
  beforeCompleteness(names: readonly string[], written?: CompletenessKey): void {
    const all = written === undefined ? names : [...names, written.name];
    this.#statements.prepared(COMPLETENESS_OF_NAMES).run(JSON.stringify(all));
    if (written === undefined) return;
    const { name, projectorVersion } = written;
    this.#statements.prepared(NO_COMPLETENESS).run(name, projectorVersion, categoryOf(written));
  }
}
