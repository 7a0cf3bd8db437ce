-- Raises the counter of a session by one, and returns the state that the session has to see.
--
-- b_session, b_name: the session and its node. b_subscriptions: those it has handlers for, in ascending order.
-- Returns living, seen and repartitions as JSON arrays, from one consistent state; if the session is not living, nulls instead, and in
-- replaced_by the living session of the node.
--
-- It writes only the row of the session and locks no other, whatever the node holds; the rest is only read.
create function {{beat}}(
  b_session uuid, b_name text, b_subscriptions integer[], lock_timeout_ms integer,
  out replaced_by uuid, out living json, out seen json, out repartitions json
) language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  update {{sessions}} s set beat = s.beat + 1, subscriptions = b_subscriptions, beat_at = clock_timestamp() where s.id = b_session;
  if not found then
    select s.id into replaced_by from {{sessions}} s where s.name = b_name;
    return;
  end if;
  select (select json_agg(json_build_array(
                   s.id, s.name, s.beat, s.lease_ms, s.subscriptions, (date_part('epoch', s.beat_at) * 1000)::bigint) order by s.name)
            from {{sessions}} s),
         (select coalesce(json_agg(json_build_array(
                   p.subscription, p.partition, p.token, p.owner, p.sequence_number, p.is_paused, p.requests)
                   order by p.subscription, p.partition), '[]')
            from {{partitions}} p where p.subscription = any (b_subscriptions)),
         (select coalesce(json_agg(json_build_array(s.id, s.repartition_id, s.repartition_partitions, s.fence) order by s.id), '[]')
            from {{subscriptions}} s where s.id = any (b_subscriptions) and s.repartition_id is not null)
    into living, seen, repartitions;
end $eventfold$;

revoke execute on function {{beat}} from public;
