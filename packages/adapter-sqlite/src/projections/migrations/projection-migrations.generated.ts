// Generated from sql/projections by scripts/generate-migrations.ts; change those files instead.
import type { Migration } from "../../migrations/migration.ts";

export const PROJECTION_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "projections",
    checksum: "72c7e59536d643265b6c51c0c42ec724191b59476dae8c82987e6b207263cf38",
    compatible: false,
    sql: `-- compatible: no, no release knows less.

-- Projections of every version of their projectors. State, metadata and source are canonical JSON, so that equal values
-- have equal texts. If an event has removed a projection, only its key and how far it has read matter.
CREATE TABLE eventfold_projections (
  name TEXT NOT NULL,
  projector_version INTEGER NOT NULL,
  id TEXT NOT NULL,
  last_sequence_number INTEGER NOT NULL,
  last_position INTEGER,
  is_removed INTEGER NOT NULL,
  source TEXT NOT NULL,
  metadata TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (name, projector_version, id)
) STRICT;

-- Finds the projections of a source.
CREATE INDEX eventfold_projections_by_source ON eventfold_projections (name, projector_version, source, id);

-- The version of each name that readers see.
CREATE TABLE eventfold_projection_versions (
  name TEXT NOT NULL PRIMARY KEY,
  active_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which event of a category (of the log, with '') the projections of a projector with a key are
-- complete.
CREATE TABLE eventfold_projection_completeness (
  name TEXT NOT NULL,
  projector_version INTEGER NOT NULL,
  category TEXT NOT NULL,
  complete_up_to INTEGER NOT NULL,
  PRIMARY KEY (name, projector_version, category)
) STRICT, WITHOUT ROWID;
`,
  },
];
