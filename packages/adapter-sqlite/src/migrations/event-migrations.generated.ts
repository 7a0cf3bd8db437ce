// Generated from sql/events by scripts/generate-migrations.ts; change those files instead.
import type { Migration } from "./migration.ts";

export const EVENT_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "event-log",
    checksum: "be1a1bc5bd88722f2dc2392334948e7d87295be44d3cc7cfc4b59eca6260dcb1",
    compatible: false,
    sql: `-- compatible: no, no release knows less.

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
`,
  },
  {
    version: 2,
    name: "tags",
    checksum: "009fb7cff6e2fca4c788be02e444dd8248709eeacb24c5c999897a80b5ffa9c3",
    compatible: true,
    sql: `-- compatible: yes, older releases name the columns that they use, and write events without tags, which is what NULL says.

-- The tags of an event as a JSON array of texts, to come back with it. NULL: it has none.
ALTER TABLE eventfold_events ADD COLUMN tags TEXT;

-- Finds events by their tags: a row for each tag of an event. The name decides without a look at the event.
CREATE TABLE eventfold_event_tags (
  tag TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tag, sequence_number)
) STRICT, WITHOUT ROWID;
`,
  },
];
