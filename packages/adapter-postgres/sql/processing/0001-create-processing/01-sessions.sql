-- The living sessions of nodes: a session without a row is not living. A beat writes one of these rows, and no row that a checkpoint writes.
create table {{sessions}} (
  id uuid constraint {{sessions_key}} primary key,
  name text collate "C" not null constraint {{sessions_name_key}} unique, -- of the node; a new session takes the place of the old one
  beat bigint not null,
  lease_ms bigint not null,
  subscriptions integer[] not null, -- those it has handlers for, in ascending order
  beat_at timestamptz(3) not null -- for people only
) with (fillfactor = 50);
