-- For each name the version that readers see.
create table {{versions}} (
  name text collate "C" not null,
  active_version integer not null,
  constraint {{versions_key}} primary key (name)
);
