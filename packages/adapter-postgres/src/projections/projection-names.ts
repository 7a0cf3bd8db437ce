import { escapeIdentifier } from "pg";
import { checkedIdentifier } from "../naming/checked-identifier.ts";
import { DEFAULT_SCHEMA } from "../naming/log-location.ts";
import type { QueryNames } from "../query/query-names.ts";
import { DEFAULT_PROJECTIONS_TABLE, type ProjectionLocation } from "./projection-location.ts";

/** The names of everything that belongs to projections: quoted and qualified by the schema, ready for use in a statement. */
export interface ProjectionNames extends QueryNames {
  readonly schema: string;
  readonly quotedSchema: string;
  readonly projectionsTable: string;
  readonly projections: string;
  readonly versions: string;
  readonly completeness: string;
  readonly migrations: string;
  readonly trigrams: string;
  readonly load: string;
  readonly save: string;
  readonly remove: string;
  readonly activate: string;
  /** Unquoted. */
  readonly sourceIndex: string;
}

const MAX_SCHEMA_BYTES = 63; // PostgreSQL silently cuts longer names.
const MAX_TABLE_BYTES = 40; // which leaves 23 for the endings of the names made from it.

/**
 * The names of projections.
 *
 * @throws `RangeError` when the schema or the table is not a name that can be quoted, or too long: 63 and 40 bytes.
 */
export function projectionNames(location: ProjectionLocation): ProjectionNames {
  const schema = checkedIdentifier("schema", location.schema ?? DEFAULT_SCHEMA, MAX_SCHEMA_BYTES);
  const table = checkedIdentifier(
    "projectionsTable",
    location.projectionsTable ?? DEFAULT_PROJECTIONS_TABLE,
    MAX_TABLE_BYTES,
  );
  const quotedSchema = escapeIdentifier(schema);
  const named = (ending: string) => `${quotedSchema}.${escapeIdentifier(`${table}${ending}`)}`;
  return {
    schema,
    quotedSchema,
    projectionsTable: table,
    projections: named(""),
    versions: named("_versions"),
    completeness: named("_completeness"),
    migrations: named("_migrations"),
    sortKey: named("_sort_key"),
    element: named("_element"),
    trigrams: named("_trigrams"),
    similarity: named("_similarity"),
    folded: named("_folded"),
    load: named("_load"),
    save: named("_save"),
    remove: named("_remove"),
    activate: named("_activate"),
    sourceIndex: `${table}_source_index`,
  };
}

/** What the placeholders in the migrations stand for. */
export function projectionPlaceholders(names: ProjectionNames): Readonly<Record<string, string>> {
  return {
    projections: names.projections,
    projections_key: escapeIdentifier(`${names.projectionsTable}_pkey`),
    projections_source_index: escapeIdentifier(names.sourceIndex),
    versions: names.versions,
    versions_key: escapeIdentifier(`${names.projectionsTable}_versions_pkey`),
    completeness: names.completeness,
    completeness_key: escapeIdentifier(`${names.projectionsTable}_completeness_pkey`),
    sort_key: names.sortKey,
    element: names.element,
    trigrams: names.trigrams,
    similarity: names.similarity,
    folded: names.folded,
    load: names.load,
    save: names.save,
    remove: names.remove,
    activate: names.activate,
  };
}
