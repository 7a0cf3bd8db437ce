-- Begins to change the number of partitions of a subscription, or checks whether that can be done now.
--
-- r_id: the id of the repartition. r_partitions: the new number.
-- Returns done, waiting or busy, the latter two with the change that is under way; no row if there is no such subscription.
create function {{repartition}}(r_subscription integer, r_id uuid, r_partitions integer, notify boolean, lock_timeout_ms integer)
returns table (kind text, id uuid, partitions integer, fence bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  current_id uuid;
  last_id uuid;
  outcome text := 'waiting';
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  select s.repartition_id, s.last_repartition into current_id, last_id from {{subscriptions}} s where s.id = r_subscription
    for no key update;
  if not found then
    return;
  end if;
  if last_id = r_id then
    outcome := 'done';
  elsif current_id <> r_id then
    outcome := 'busy';
  else
    if current_id is null then
      update {{subscriptions}} s set
          repartition_id = r_id, repartition_partitions = r_partitions,
          fence = (select max(p.sequence_number) from {{partitions}} p where p.subscription = r_subscription)
       where s.id = r_subscription;
    end if;
    if {{replace_partitions}}(r_subscription) then
      outcome := 'done';
    end if;
    if notify then
      perform pg_notify({{channel_literal}}, '');
    end if;
  end if;
  return query
    select outcome, s.repartition_id, s.repartition_partitions, s.fence from {{subscriptions}} s where s.id = r_subscription;
end $eventfold$;

revoke execute on function {{repartition}} from public;
