-- Removes parked events. Returns whether their owner still had the partition.
--
-- u_…: the lease. w_number, w_hash: the events.
create function {{unpark}}(
  u_subscription integer, u_partition integer, u_token bigint, w_number bigint[], w_hash bigint[], lock_timeout_ms integer
) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from {{partitions}} p
   where p.subscription = u_subscription and p.partition = u_partition and p.token = u_token for no key update;
  if not found then
    return false;
  end if;
  delete from {{parked}} x using unnest(w_number, w_hash) w(number, hash)
   where x.subscription = u_subscription and x.sequence_number = w.number and x.hash = w.hash;
  return true;
end $eventfold$;

revoke execute on function {{unpark}} from public;
