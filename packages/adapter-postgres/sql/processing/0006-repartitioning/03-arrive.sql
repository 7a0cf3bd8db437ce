-- Releases a partition that has worked up to the fence.
--
-- a_…: the lease, and the id of the repartition. Returns early with the fence, arrived, or lost.
create function {{arrive}}(
  a_subscription integer, a_partition integer, a_token bigint, a_id uuid, notify boolean, lock_timeout_ms integer,
  out kind text, out up_to bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  number bigint;
  is_asked boolean;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  kind := 'lost';
  select s.fence into up_to from {{subscriptions}} s where s.id = a_subscription and s.repartition_id = a_id for no key update;
  if not found then
    return;
  end if;
  select p.sequence_number, p.requests <> '[]' into number, is_asked from {{partitions}} p
   where p.subscription = a_subscription and p.partition = a_partition and p.token = a_token for no key update;
  if not found then
    return;
  end if;
  if number < up_to or is_asked then
    kind := 'early';
    return;
  end if;
  kind := 'arrived';
  update {{partitions}} p set owner = null where p.subscription = a_subscription and p.partition = a_partition;
  if number > up_to then
    update {{subscriptions}} s set fence = number where s.id = a_subscription;
  end if;
  perform {{replace_partitions}}(a_subscription);
  if notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{arrive}} from public;
