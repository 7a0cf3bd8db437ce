-- Removes a subscription with its partitions and parked events.
--
-- with_parked: whether it is removed although events of it are parked.
-- Returns removed; busy with the living sessions that own partitions of it or have handlers for it, as a JSON array; or parked with the
-- number of parked events.
--
-- No session can claim a partition meanwhile, because its row is locked. One that first says now that it has handlers finds no partitions
-- by its next beat.
create function {{remove}}(r_subscription integer, with_parked boolean, lock_timeout_ms integer, out kind text, out busy json, out total bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  kind := 'removed';
  perform from {{subscriptions}} s where s.id = r_subscription for update;
  if not found then
    return;
  end if;
  perform from {{partitions}} p where p.subscription = r_subscription order by p.partition for update;
  select json_agg(json_build_array(
           s.id, s.name, s.beat, s.lease_ms, s.subscriptions, (date_part('epoch', s.beat_at) * 1000)::bigint) order by s.name)
    into busy from {{sessions}} s
   where r_subscription = any (s.subscriptions)
      or exists (select from {{partitions}} p where p.subscription = r_subscription and p.owner = s.id);
  if busy is not null then
    kind := 'busy';
    return;
  end if;
  select count(*) into total from {{parked}} x where x.subscription = r_subscription;
  if total > 0 and not with_parked then
    kind := 'parked';
    return;
  end if;
  delete from {{parked}} x where x.subscription = r_subscription;
  delete from {{partitions}} p where p.subscription = r_subscription;
  delete from {{subscriptions}} s where s.id = r_subscription;
  if exists (select from {{subscriptions}} s where s.id = r_subscription)
    or exists (select from {{partitions}} p where p.subscription = r_subscription)
    or exists (select from {{parked}} x where x.subscription = r_subscription) then
    raise exception 'a trigger or a rule keeps a subscription from being removed' using errcode = '23000';
  end if;
end $eventfold$;

revoke execute on function {{remove}} from public;
