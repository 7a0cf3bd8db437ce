-- compatible: yes, older releases name the columns that they use, and write events without tags, which is what NULL says.

-- The tags of an event as a JSON array of texts, to come back with it. NULL: it has none.
ALTER TABLE eventfold_events ADD COLUMN tags TEXT;

-- Finds events by their tags: a row for each tag of an event. The name decides without a look at the event.
CREATE TABLE eventfold_event_tags (
  tag TEXT NOT NULL,
  sequence_number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tag, sequence_number)
) STRICT, WITHOUT ROWID;
