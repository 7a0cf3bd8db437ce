-- All that is stored of subscriptions, and the living sessions, as JSON arrays of one consistent state.
--
-- s_names: only the subscriptions of these names; null for all.
create function {{status}}(s_names text[], out living json, out stored json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
begin
  select (select coalesce(json_agg(json_build_array(
                   s.id, s.name, s.beat, s.lease_ms, s.subscriptions, (date_part('epoch', s.beat_at) * 1000)::bigint) order by s.name), '[]')
            from {{sessions}} s),
         (select coalesce(json_agg(json_build_array(
                   s.id, s.name, s.source, s.partitioning, s.partitions, s.repartition_id, s.repartition_partitions, s.fence, r.partitions)
                   order by s.name), '[]')
            from {{subscriptions}} s
           cross join lateral (
             select json_agg(json_build_array(
                      p.partition, p.token, p.owner, p.sequence_number, p.event_id, p.is_paused, p.error, p.requests, p.carried_out,
                      coalesce(k.total, 0)) order by p.partition) as partitions
               from {{partitions}} p
               left join (
                 select x.hash % s.partitions as partition, count(*) as total from {{parked}} x where x.subscription = s.id group by 1
               ) k on k.partition = p.partition
              where p.subscription = s.id
           ) r
           where s_names is null or s.name = any (s_names))
    into living, stored;
end $eventfold$;

revoke execute on function {{status}} from public;
