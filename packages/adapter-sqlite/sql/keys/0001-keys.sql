-- compatible: no, no release knows less.

-- The subjects that have keys, or were forgotten: those have no current key, and a time instead, which is only for people.
CREATE TABLE eventfold_key_subjects (
  subject TEXT NOT NULL PRIMARY KEY,
  current_key TEXT,
  forgotten_at INTEGER,
  CHECK ((current_key IS NULL) = (forgotten_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The keys, current and former ones. encrypted_with is the name of the key-encryption key of the secret, if it is encrypted.
CREATE TABLE eventfold_keys (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  secret TEXT NOT NULL,
  encrypted_with TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX eventfold_keys_by_subject ON eventfold_keys (subject);
