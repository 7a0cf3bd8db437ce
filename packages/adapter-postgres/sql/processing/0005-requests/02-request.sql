-- Makes a request to partitions. It takes effect at once at a partition that is free and has no waiting requests, and waits at the others.
--
-- r_partitions: the partitions; null for all of the subscription. r_id, r_request: the id of the request, and the request.
-- Returns for each partition whether it is done.
--
-- The lock on the subscription keeps the partitions from being replaced meanwhile.
create function {{request}}(
  r_subscription integer, r_partitions integer[], r_id uuid, r_request jsonb, notify boolean, lock_timeout_ms integer
) returns table (partition integer, is_done boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  waiting constant jsonb := jsonb_build_array(jsonb_build_object('id', r_id, 'request', r_request));
  same_id constant jsonb := jsonb_build_array(jsonb_build_object('id', r_id));
  asked integer[];
  at_once integer[];
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from {{subscriptions}} s where s.id = r_subscription for share;
  perform from {{partitions}} p
   where p.subscription = r_subscription and (r_partitions is null or p.partition = any (r_partitions))
   order by p.partition for no key update;
  -- A repeat finds none of these: its id waits, or was carried out.
  select coalesce(array_agg(p.partition), '{}') into asked from {{partitions}} p
   where p.subscription = r_subscription and (r_partitions is null or p.partition = any (r_partitions))
     and r_id <> all (p.carried_out) and not p.requests @> same_id;
  select coalesce(array_agg(p.partition), '{}') into at_once from {{partitions}} p
   where p.subscription = r_subscription and p.partition = any (asked) and p.requests = '[]' and r_request ->> 'kind' <> 'replay'
     and not exists (select from {{sessions}} s where s.id = p.owner);
  if cardinality(at_once) > 0 then
    update {{partitions}} p set owner = null, token = p.token + 1 where p.subscription = r_subscription and p.partition = any (at_once);
    perform {{take_effect}}(r_subscription, at_once, r_id, r_request);
  end if;
  update {{partitions}} p set requests = p.requests || waiting
   where p.subscription = r_subscription and p.partition = any (asked) and p.partition <> all (at_once);
  if notify and cardinality(asked) > 0 then
    perform pg_notify({{channel_literal}}, '');
  end if;
  return query
    select p.partition, r_id = any (p.carried_out) from {{partitions}} p
     where p.subscription = r_subscription and (r_partitions is null or p.partition = any (r_partitions)) order by p.partition;
end $eventfold$;

revoke execute on function {{request}} from public;
