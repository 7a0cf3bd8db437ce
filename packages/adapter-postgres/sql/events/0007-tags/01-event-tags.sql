-- The tags of the events. An event without tags has null, and no row in the second table, whose rows come in the order of a tag's
-- events. It includes the names, so that events of other names are passed over without looking at them.
alter table {{events}} add column tags text[] collate "C";

create table {{event_tags}} (
  tag text collate "C" not null,
  sequence_number bigint not null,
  name text collate "C" not null,
  constraint {{event_tags_key}} primary key (tag, sequence_number) include (name)
);
