-- Projections of every version of their projectors.
create table {{projections}} (
  name text collate "C" not null,
  projector_version integer not null,
  id text collate "C" not null,
  source jsonb not null,
  -- Searches use the jsonb; reads return the text next to it, the JSON as it was written. jsonb has its own
  -- order of members, and prints 5e-324 in 326 digits. Printing it would cost three times as much as reading
  -- a text.
  state jsonb not null,
  state_text text not null,
  metadata jsonb not null,
  metadata_text text not null,
  last_sequence_number bigint not null,
  last_position bigint,
  -- If an event has removed a projection, only its key and how far it has read matter.
  is_removed boolean not null,
  constraint {{projections_key}} primary key (name, projector_version, id)
);

-- A hash, because two names of 512 code points do not fit into an index entry. It comes first: to a planner
-- without statistics an index that begins with name and version looks as good as the primary key, and it then
-- reads all rows of a name to find one.
create index {{projections_source_index}} on {{projections}} (jsonb_hash_extended(source, 0), name, projector_version);
