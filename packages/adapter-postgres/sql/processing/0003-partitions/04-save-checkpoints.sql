-- Moves checkpoints, each independently.
--
-- w_…: the moves, of distinct partitions: the lease, the number that must be stored, and the new checkpoint.
-- Returns for each, in their order, the checkpoint that is stored now; nulls if the partition has another token.
--
-- A repeat is harmless: it finds nothing to move, and returns the new checkpoint, which is stored already.
create function {{save_checkpoints}}(
  w_subscription integer[], w_partition integer[], w_token bigint[], w_was bigint[], w_number bigint[], w_event uuid[],
  lock_timeout_ms integer
) returns table (sequence_number bigint, event_id uuid)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  if cardinality(w_partition) > 1 then
    perform from unnest(w_subscription, w_partition, w_token) w(subscription, partition, token)
      join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token
     order by p.subscription, p.partition for no key update of p;
  end if;
  update {{partitions}} p set sequence_number = w.number, event_id = w.event
    from unnest(w_subscription, w_partition, w_token, w_was, w_number, w_event) w(subscription, partition, token, was, number, event)
   where p.subscription = w.subscription and p.partition = w.partition and p.token = w.token and p.sequence_number = w.was;
  return query
    select p.sequence_number, p.event_id
      from unnest(w_subscription, w_partition, w_token) with ordinality w(subscription, partition, token, place)
      left join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token
     order by w.place;
end $eventfold$;

revoke execute on function {{save_checkpoints}} from public;
