-- What a new owner has to know about parked events.
--
-- w_…: the partitions. Returns for each, in their order, how many events are parked, and as a JSON array those that the owner has to pass over.
--
-- The parked events of a subscription are read once, however many of its partitions are asked for, so without nested loops.
create function {{load_parked}}(w_subscription integer[], w_partition integer[]) returns table (total bigint, marks json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_nestloop = off set jit = off as $eventfold$
begin
  return query
    select count(x.hash),
           coalesce(json_agg(json_build_array(x.sequence_number, x.hash, x.category, x.stream, x.is_whole_stream)
                      order by x.sequence_number, x.hash)
                      filter (where x.is_whole_stream or x.sequence_number > coalesce(p.sequence_number, 0)), '[]')
      from unnest(w_subscription, w_partition) with ordinality w(subscription, partition, place)
      left join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition
      left join (
        select k.subscription, k.hash % s.partitions as partition, k.sequence_number, k.hash, k.category, k.stream, k.is_whole_stream
          from {{parked}} k join {{subscriptions}} s on s.id = k.subscription
         where k.subscription = any (w_subscription)
      ) x on x.subscription = w.subscription and x.partition = w.partition
     group by w.place order by w.place;
end $eventfold$;

revoke execute on function {{load_parked}} from public;
