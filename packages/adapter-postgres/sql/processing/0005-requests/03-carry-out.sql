-- Lets a waiting request take effect, for the owner of its partition.
--
-- c_…: the lease, and the id of the request. Returns the partition as it is then; no row if it has another token.
create function {{carry_out}}(c_subscription integer, c_partition integer, c_token bigint, c_id uuid, lock_timeout_ms integer)
returns table (sequence_number bigint, event_id uuid, is_paused boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  asked jsonb;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  select coalesce(
      (select w.request -> 'request' from jsonb_array_elements(p.requests) w(request) where w.request ->> 'id' = c_id::text limit 1), 'null')
    into asked from {{partitions}} p
   where p.subscription = c_subscription and p.partition = c_partition and p.token = c_token for no key update;
  if not found then
    return;
  end if;
  if asked <> 'null' then
    perform {{take_effect}}(c_subscription, array[c_partition], c_id, asked);
  end if;
  return query
    select p.sequence_number, p.event_id, p.is_paused from {{partitions}} p
     where p.subscription = c_subscription and p.partition = c_partition;
end $eventfold$;

revoke execute on function {{carry_out}} from public;
