CREATE TABLE eventfold_event_tags (
  tag TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tag, sequence_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventfold_events (
  sequence_number INTEGER PRIMARY KEY AUTOINCREMENT,
  category TEXT NOT NULL,
  stream TEXT NOT NULL,
  position INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  payload TEXT NOT NULL,
  metadata TEXT
, tags TEXT) STRICT;

CREATE INDEX eventfold_events_by_category ON eventfold_events (category, sequence_number);

CREATE UNIQUE INDEX eventfold_events_by_id ON eventfold_events (id);

CREATE UNIQUE INDEX eventfold_events_by_stream ON eventfold_events (category, stream, position);

CREATE TABLE eventfold_key_subjects (
  subject TEXT NOT NULL PRIMARY KEY,
  current_key TEXT,
  forgotten_at INTEGER,
  CHECK ((current_key IS NULL) = (forgotten_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE eventfold_keys (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  secret TEXT NOT NULL,
  encrypted_with TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX eventfold_keys_by_subject ON eventfold_keys (subject);

CREATE TABLE eventfold_log (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  ordering_guarantee TEXT NOT NULL CHECK (ordering_guarantee IN ('log', 'category', 'stream'))
) STRICT;

CREATE TABLE eventfold_migrations (
  component TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  compatible INTEGER NOT NULL CHECK (compatible IN (0, 1)),
  applied_at INTEGER NOT NULL,
  PRIMARY KEY (component, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventfold_processing_counters (
  name TEXT NOT NULL PRIMARY KEY CHECK (name IN ('changes', 'lock-token')),
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE eventfold_processing_locks (
  name TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL,
  holder TEXT NOT NULL,
  token INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE eventfold_processing_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  lease_ms INTEGER NOT NULL,
  beat INTEGER NOT NULL,
  subscriptions TEXT NOT NULL CHECK (json_valid(subscriptions)),
  beat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX eventfold_processing_sessions_by_name ON eventfold_processing_sessions (name);

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

CREATE TABLE eventfold_projection_completeness (
  name TEXT NOT NULL,
  projector_version INTEGER NOT NULL,
  category TEXT NOT NULL,
  complete_up_to INTEGER NOT NULL,
  PRIMARY KEY (name, projector_version, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE eventfold_projection_versions (
  name TEXT NOT NULL PRIMARY KEY,
  active_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE INDEX eventfold_projections_by_source ON eventfold_projections (name, projector_version, source, id);
