// Generated from sql/processing by scripts/generate-migrations.ts; change those files instead.
import type { Migration } from "../../migrations/migration.ts";

export const PROCESSING_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "processing",
    checksum: "d8d4af60509c15bcae9397a9d2ac273400e0c81c1b5b251d4530dfc507ccf835",
    compatible: false,
    sql: `-- compatible: no, no release knows less.

-- The living sessions of nodes: a beat writes one of these rows and no other.
CREATE TABLE eventfold_processing_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  lease_ms INTEGER NOT NULL,
  beat INTEGER NOT NULL,
  subscriptions TEXT NOT NULL CHECK (json_valid(subscriptions)),
  beat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- At most one session of a name is living.
CREATE UNIQUE INDEX eventfold_processing_sessions_by_name ON eventfold_processing_sessions (name);

-- The repartition that is under way, if there is one, and the id of the last one that was carried out.
CREATE TABLE eventfold_processing_subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  partitioning TEXT NOT NULL,
  partitions INTEGER NOT NULL,
  repartition TEXT,
  repartition_partitions INTEGER,
  fence INTEGER,
  last_repartition TEXT
) STRICT;

CREATE UNIQUE INDEX eventfold_processing_subscriptions_by_name ON eventfold_processing_subscriptions (name);

-- The owner is a session; a partition is free if it has none, or one that is not living. The id of the event is the 16 bytes
-- of the UUID. requests are those that wait, in order; carried_out has the ids of the last ten that were carried out, the latest first.
CREATE TABLE eventfold_processing_partitions (
  subscription INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  token INTEGER NOT NULL,
  owner TEXT,
  sequence_number INTEGER NOT NULL,
  event_id BLOB CHECK (length(event_id) = 16),
  is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1)),
  error TEXT,
  requests TEXT NOT NULL CHECK (json_valid(requests)),
  carried_out TEXT NOT NULL CHECK (json_valid(carried_out)),
  PRIMARY KEY (subscription, partition)
) STRICT, WITHOUT ROWID;

-- A parked event belongs to the partition hash % partitions.
CREATE TABLE eventfold_processing_parked (
  subscription INTEGER NOT NULL,
  sequence_number INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  event_id BLOB NOT NULL CHECK (length(event_id) = 16),
  category TEXT NOT NULL,
  stream TEXT NOT NULL,
  is_whole_stream INTEGER NOT NULL CHECK (is_whole_stream IN (0, 1)),
  attempts INTEGER NOT NULL,
  error TEXT NOT NULL,
  parked_at INTEGER NOT NULL,
  PRIMARY KEY (subscription, sequence_number, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX eventfold_processing_parked_by_stream
  ON eventfold_processing_parked (subscription, category, stream, sequence_number, hash);

-- The locks that are held, or were when their session ended.
CREATE TABLE eventfold_processing_locks (
  name TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL,
  holder TEXT NOT NULL,
  token INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The number of changes that have to wake others, and the last token of all locks.
CREATE TABLE eventfold_processing_counters (
  name TEXT NOT NULL PRIMARY KEY CHECK (name IN ('changes', 'lock-token')),
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO eventfold_processing_counters (name, value) VALUES ('changes', 0), ('lock-token', 0);
`,
  },
];
