-- compatible: no, no release knows less.

-- Every event, in the order of the log. AUTOINCREMENT: the number of an event that a reader has seen is never
-- given to another event. The id is the 16 bytes of the UUID; payload and metadata are the JSON text as it
-- was published.
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
) STRICT;

-- Guards positions, finds the latest event of a stream, reads a stream.
CREATE UNIQUE INDEX eventfold_events_by_stream ON eventfold_events (category, stream, position);

-- Reads a category.
CREATE INDEX eventfold_events_by_category ON eventfold_events (category, sequence_number);

-- Guards ids, finds repeats.
CREATE UNIQUE INDEX eventfold_events_by_id ON eventfold_events (id);

-- What the log was created with: one row.
CREATE TABLE eventfold_log (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  ordering_guarantee TEXT NOT NULL CHECK (ordering_guarantee IN ('log', 'category', 'stream'))
) STRICT;
