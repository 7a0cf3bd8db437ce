-- A page of the parked events of a subscription, in order.
--
-- l_category, l_stream: only those of this stream; nulls for all. l_after, l_after_hash: the last of the page before. l_limit: the most rows.
create function {{list_parked}}(
  l_subscription integer, l_category text, l_stream text, l_after bigint, l_after_hash bigint, l_limit integer
) returns table (
  sequence_number bigint, hash bigint, partition bigint, event_id uuid, category text, stream text, is_whole_stream boolean,
  attempts integer, error text, parked_at_ms bigint
) language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off as $eventfold$
begin
  if l_stream is null then
    return query
      select x.sequence_number, x.hash, x.hash % s.partitions, x.event_id, x.category, x.stream, x.is_whole_stream, x.attempts, x.error,
             (date_part('epoch', x.parked_at) * 1000)::bigint
        from {{parked}} x join {{subscriptions}} s on s.id = l_subscription
       where x.subscription = l_subscription and (x.sequence_number, x.hash) > (l_after, l_after_hash)
       order by x.sequence_number, x.hash limit l_limit;
  else
    return query
      select x.sequence_number, x.hash, x.hash % s.partitions, x.event_id, x.category, x.stream, x.is_whole_stream, x.attempts, x.error,
             (date_part('epoch', x.parked_at) * 1000)::bigint
        from {{parked}} x join {{subscriptions}} s on s.id = l_subscription
       where x.subscription = l_subscription and x.category = l_category and x.stream = l_stream
         and (x.sequence_number, x.hash) > (l_after, l_after_hash)
       order by x.sequence_number, x.hash limit l_limit;
  end if;
end $eventfold$;

revoke execute on function {{list_parked}} from public;
