-- What the log was created with and keeps: its ordering guarantee.
create table {{settings}} (
  name text constraint {{settings_key}} primary key,
  value text not null
);

insert into {{settings}} (name, value) values ('ordering_guarantee', {{ordering_guarantee}});
