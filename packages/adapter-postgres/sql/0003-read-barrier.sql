-- Reading a scope that is wider than the ordering guarantee. Nothing here looks at cluster-wide transaction ids, so that a long
-- transaction elsewhere holds up nobody.

-- Waits for the writers in flight, and for no later one, and returns the number up to which everything is visible to the next
-- statement. Whoever took a number at or below it held its in-flight lock before the number was read here, so it is either
-- listed or visible already. Each wait is given back at once, by the end of its subtransaction.
create function {{wait_for_writers}}(lock_timeout_ms integer) returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp set jit = off as $eventfold$
declare
  log constant oid := {{events_literal}}::regclass::oid;
  previous constant text := current_setting('lock_timeout');
  horizon bigint;
  writer integer;
begin
  if pg_is_in_recovery() then
    raise exception 'eventfold: a standby shows no locks of writers' using errcode = '25006';
  end if;
  select case when is_called then last_value else 0 end into horizon from {{sequence}};
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  for writer in
    select l.objid::bigint::integer from pg_locks l
     where l.locktype = 'advisory' and l.classid = log and l.objsubid = 2 and l.mode = 'ExclusiveLock' and l.granted
       and l.objid::bigint <> 0 and l.objid::bigint & 1 = 0 and l.pid is distinct from pg_backend_pid()
       and l.database = (select d.oid from pg_database d where d.datname = current_database())
  loop
    begin
      perform pg_advisory_xact_lock_shared(log::integer, writer);
      raise exception using errcode = 'EF000';
    exception when sqlstate 'EF000' then null;
    end;
  end loop;
  perform set_config('lock_timeout', previous, true);
  return horizon;
end $eventfold$;

-- Waits for nobody: the number below which no writer in flight can still store an event. Bounds are kept modulo 2^32 in lock
-- keys; the distance to the present number says which one is meant.
create function {{settled}}() returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp set jit = off as $eventfold$
declare
  log constant oid := {{events_literal}}::regclass::oid;
  horizon bigint;
  behind bigint;
begin
  if pg_is_in_recovery() then
    raise exception 'eventfold: a standby shows no locks of writers' using errcode = '25006';
  end if;
  select case when is_called then last_value else 0 end into horizon from {{sequence}};
  select max(((horizon - l.objid::bigint + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648) into behind
    from pg_locks l
   where l.locktype = 'advisory' and l.classid::bigint = 4294967296 - log::bigint and l.objsubid = 2 and l.granted
     and l.database = (select d.oid from pg_database d where d.datname = current_database());
  return horizon - greatest(coalesce(behind, 0), 0);
end $eventfold$;

revoke execute on function {{wait_for_writers}}(integer) from public;
revoke execute on function {{settled}}() from public;
