-- The partitions. A partition is free if it has no owner, or its owner has no row in sessions. Every checkpoint rewrites a row, so each page
-- has room for that, and old versions are vacuumed early.
create table {{partitions}} (
  subscription integer not null,
  partition integer not null,
  sequence_number bigint not null, -- everything of the partition up to it is done
  event_id uuid, -- of the event of exactly that number, where it is known
  owner uuid, -- a session
  token bigint not null, -- rises with each change of hands
  is_paused boolean not null,
  error text,
  requests jsonb not null, -- [{ id, request }], what its owner is to do, in the order in which it was asked
  carried_out uuid[] not null, -- the ids of the requests that were carried out last, at most ten, the latest first
  constraint {{partitions_key}} primary key (subscription, partition)
) with (fillfactor = 25, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
