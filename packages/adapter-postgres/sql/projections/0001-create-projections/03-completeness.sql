-- Up to which event of a category, or with '' of the log, the projections of a projector with a key are complete.
create table {{completeness}} (
  name text collate "C" not null,
  projector_version integer not null,
  category text collate "C" not null,
  complete_up_to bigint not null,
  constraint {{completeness_key}} primary key (name, projector_version, category)
);
