-- Waits for no transaction.
--
-- Returns the number up to which no writer in flight can still store an event. Fails with 25006 on a standby.
--
-- Bounds are kept modulo 2^32 in lock keys; the distance to the present number says which one is meant. The
-- caller's own transaction holds nothing back. It never goes backwards. A writer takes its in-flight lock,
-- then reads its bound, then takes the lock of the bound. If it is seen in between, it may be about to
-- announce a bound below the present number, so this looks again a few instructions of that writer later.
create function {{settled}}() returns bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp set jit = off as $eventfold$
declare
  log constant oid := {{events_literal}}::regclass::oid;
  horizon bigint;
  behind bigint;
  is_announced boolean;
begin
  if pg_is_in_recovery() then
    raise exception 'eventfold: a standby shows no locks of writers' using errcode = '25006';
  end if;
  loop
    select case when is_called then last_value else 0 end into horizon from {{sequence}};
    select max(w.behind), coalesce(bool_and(w.behind is not null), true) into behind, is_announced
      from (select max(((horizon - l.objid::bigint + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648)
                     filter (where l.classid <> log) as behind
              from pg_locks l
             where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.pid is distinct from pg_backend_pid()
               and (l.classid::bigint = 4294967296 - log::bigint
                    or l.classid = log and l.mode = 'ExclusiveLock' and l.objid::bigint <> 0 and l.objid::bigint & 1 = 0)
               and l.database = (select d.oid from pg_database d where d.datname = current_database())
             group by l.pid) w;
    exit when is_announced;
    perform pg_sleep(0.0005);
  end loop;
  return horizon - greatest(coalesce(behind, 0), 0);
end $eventfold$;

revoke execute on function {{settled}}() from public;
