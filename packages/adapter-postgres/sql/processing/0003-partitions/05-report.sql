-- Stores what the owner of a partition reports about it. Returns whether it still had the partition.
create function {{report}}(
  r_subscription integer, r_partition integer, r_token bigint, r_is_paused boolean, r_error text, lock_timeout_ms integer
) returns boolean language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  update {{partitions}} p set is_paused = r_is_paused, error = r_error
   where p.subscription = r_subscription and p.partition = r_partition and p.token = r_token;
  return found;
end $eventfold$;

revoke execute on function {{report}} from public;
