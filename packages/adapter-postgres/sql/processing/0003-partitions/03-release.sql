-- Releases the partitions that still have these tokens.
--
-- w_…: the leases.
create function {{release}}(
  w_subscription integer[], w_partition integer[], w_token bigint[], notify boolean, lock_timeout_ms integer
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from unnest(w_subscription, w_partition, w_token) w(subscription, partition, token)
    join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token
   order by p.subscription, p.partition for no key update of p;
  update {{partitions}} p set owner = null
    from unnest(w_subscription, w_partition, w_token) w(subscription, partition, token)
   where p.subscription = w.subscription and p.partition = w.partition and p.token = w.token and p.owner is not null;
  if found and notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{release}} from public;
