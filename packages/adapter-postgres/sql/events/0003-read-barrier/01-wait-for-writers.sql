-- Waits for the writers in flight, and for no later one.
--
-- lock_timeout_ms: the longest wait for each of them.
-- Returns the number up to which everything is visible to the next statement. Fails with 55P03 when a writer
-- does not end in time, and with 25006 on a standby.
--
-- A writer that took a number at or below it held its in-flight lock before the number was read here, so it
-- is either listed or already visible. The lock of each wait is released at once, by the end of its
-- subtransaction.
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

revoke execute on function {{wait_for_writers}}(integer) from public;
