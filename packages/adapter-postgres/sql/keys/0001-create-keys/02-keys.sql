-- The keys, current and former ones. A role that may read this table can read everything that the keys protect, unless they are encrypted.
create table {{keys}} (
  id uuid constraint {{keys_key}} primary key,
  subject text collate "C" not null,
  secret text not null,
  encrypted_with text -- the name of the key-encryption key of the secret, if it is encrypted
);

create index {{keys_subject_index}} on {{keys}} (subject);
