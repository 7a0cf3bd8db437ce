-- Takes the locks that give the log its order, held until the transaction ends.
--
-- w_category, w_stream: what will be written, one entry per write. lock_timeout_ms: the longest wait for each
-- lock.
-- Returns nothing. Fails with 55P03 when a lock does not come in time.
--
-- The keys come from the table's OID: (OID, 0) for the whole log; (OID, odd) for one of 64 stripes of
-- categories or streams, because a key per stream would exhaust the server's lock table; (OID, even) for this
-- backend as a writer in flight; (-OID, n) for "its numbers will be above n". A lock that is free is taken
-- without touching lock_timeout. A waiting writer is first come, first served either way.
create function {{order}}(w_category text[], w_stream text[], lock_timeout_ms integer) returns void
language plpgsql as $eventfold$
declare
  log constant integer := {{events_literal}}::regclass::oid::integer;
  keys integer[] := '{0}';
  key integer;
  previous text;
  bound bigint;
begin
  if {{ordering_guarantee}} <> 'log' then
    select array_agg(distinct k order by k) into keys
      from (select (get_byte(sha256(convert_to(
                     case when {{ordering_guarantee}} = 'category' then w.category else w.category || E'\x1f' || w.stream end,
                     'UTF8')), 0) & 63) * 2 + 1 as k
              from unnest(w_category, w_stream) w(category, stream)) stripes;
  end if;
  foreach key in array keys loop
    if not pg_try_advisory_xact_lock(log, key) then
      previous := current_setting('lock_timeout');
      perform set_config('lock_timeout', lock_timeout_ms::text, true);
      perform pg_advisory_xact_lock(log, key);
      perform set_config('lock_timeout', previous, true);
    end if;
  end loop;
  if {{ordering_guarantee}} <> 'log' then
    -- Both before any number is taken: a writer whose number a reader may have passed is found in pg_locks.
    perform pg_advisory_xact_lock(log, pg_backend_pid() * 2);
    select case when is_called then last_value else 0 end into bound from {{sequence}};
    perform pg_advisory_xact_lock_shared(-log, (((bound + 2147483648) % 4294967296) - 2147483648)::integer);
  end if;
end $eventfold$;

revoke execute on function {{order}}(text[], text[], integer) from public;
