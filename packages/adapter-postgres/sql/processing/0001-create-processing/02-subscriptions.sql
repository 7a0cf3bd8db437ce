-- The subscriptions. A change of the number of partitions is under way if repartition_id is not null.
create table {{subscriptions}} (
  id integer generated always as identity (sequence name {{subscriptions_sequence}}) constraint {{subscriptions_key}} primary key,
  name text collate "C" not null constraint {{subscriptions_name_key}} unique,
  source text collate "C" not null,
  partitioning text collate "C" not null,
  partitions integer not null,
  repartition_id uuid, -- of who asked
  repartition_partitions integer, -- the new number
  fence bigint, -- the sequence number up to which all work
  last_repartition uuid -- the id of the one that was done last, so that a repeat of the call is known
);
