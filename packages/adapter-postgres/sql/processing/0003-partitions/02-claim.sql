-- Claims partitions that are free and have the tokens that were seen, for a living session.
--
-- w_…: the partitions, with the tokens that were seen.
-- Returns the partitions that the session has with the next token, by this call or by an earlier one whose reply was lost.
--
-- The session cannot be ended meanwhile: calls that would end it wait for its row, or skip it.
create function {{claim}}(
  c_session uuid, w_subscription integer[], w_partition integer[], w_token bigint[], lock_timeout_ms integer
) returns table (
  subscription integer, partition integer, token bigint, sequence_number bigint, event_id uuid, is_paused boolean, error text, requests jsonb
) language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from {{sessions}} s where s.id = c_session for key share;
  if not found then
    return;
  end if;
  with free as materialized (
    select p.subscription, p.partition
      from unnest(w_subscription, w_partition, w_token) w(subscription, partition, token)
      join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token
     where not exists (select from {{sessions}} s where s.id = p.owner)
     order by p.subscription, p.partition for no key update of p skip locked)
  update {{partitions}} p set owner = c_session, token = p.token + 1
    from free f where p.subscription = f.subscription and p.partition = f.partition;
  return query
    select p.subscription, p.partition, p.token, p.sequence_number, p.event_id, p.is_paused, p.error, p.requests
      from unnest(w_subscription, w_partition, w_token) w(subscription, partition, token)
      join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token + 1
     where p.owner = c_session
     order by p.subscription, p.partition;
end $eventfold$;

revoke execute on function {{claim}} from public;
