-- The events. Text keys have the collation "C": the order of listings is that of code points, and an update of the system's C library
-- cannot damage the index that guards positions. Payloads are json, not jsonb, which keeps the text.
create table {{events}} (
  sequence_number bigint generated always as identity (sequence name {{sequence}} cache 1)
    constraint {{events_key}} primary key,
  id uuid not null constraint {{events_id_key}} unique,
  category text collate "C" not null,
  stream text collate "C" not null,
  position integer not null,
  name text collate "C" not null,
  version integer not null,
  size integer not null, -- bytes of payload and metadata, so that a page of a scan can be bounded without reading them
  observed_at timestamptz(3) not null,
  occurred_at timestamptz(3) not null,
  payload json not null,
  metadata json,
  constraint {{events_position_key}} unique (category, stream, position)
);

create index {{events_category_index}} on {{events}} (category, sequence_number);
