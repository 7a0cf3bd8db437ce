-- A random id, which backups and standbys have too: a log with another one is a different log.
insert into {{settings}} (name, value) values ('log_id', gen_random_uuid()::text);
