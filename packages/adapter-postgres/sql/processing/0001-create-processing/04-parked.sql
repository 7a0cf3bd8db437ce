-- The parked events. Each belongs to the partition hash % partitions, however many partitions there are by now.
create table {{parked}} (
  subscription integer not null,
  sequence_number bigint not null,
  hash bigint not null,
  event_id uuid not null,
  category text collate "C" not null,
  stream text collate "C" not null,
  is_whole_stream boolean not null,
  attempts integer not null,
  error text not null,
  parked_at timestamptz(3) not null, -- for people only
  constraint {{parked_key}} primary key (subscription, sequence_number, hash)
);

-- For those of one stream, in order.
create index {{parked_stream_index}} on {{parked}} (subscription, category, stream, sequence_number, hash);
