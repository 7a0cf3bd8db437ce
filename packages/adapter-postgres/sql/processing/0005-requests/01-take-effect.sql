-- For the functions that carry out requests: lets a request take effect at partitions whose rows are locked, and remembers that it did.
create function {{take_effect}}(t_subscription integer, t_partitions integer[], t_id uuid, t_request jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  kind constant text := t_request ->> 'kind';
begin
  update {{partitions}} p set
      is_paused = case kind when 'pause' then true when 'resume' then false else p.is_paused end,
      error = case kind when 'resume' then null else p.error end,
      sequence_number = case kind when 'reset' then (t_request #>> '{checkpoint,sequenceNumber}')::bigint else p.sequence_number end,
      event_id = case kind when 'reset' then (t_request #>> '{checkpoint,eventId}')::uuid else p.event_id end,
      requests = coalesce(
        (select jsonb_agg(w.request order by w.place) from jsonb_array_elements(p.requests) with ordinality w(request, place)
          where w.request ->> 'id' <> t_id::text), '[]'),
      carried_out = (t_id || p.carried_out)[1:10]
   where p.subscription = t_subscription and p.partition = any (t_partitions);
  if kind = 'drop' then
    delete from {{parked}} x using {{subscriptions}} s
     where s.id = t_subscription and x.subscription = t_subscription and x.hash % s.partitions = any (t_partitions)
       and case t_request #>> '{parked,kind}'
             when 'event' then x.sequence_number = (t_request #>> '{parked,sequenceNumber}')::bigint
             when 'stream' then x.category = t_request #>> '{parked,category}' and x.stream = t_request #>> '{parked,stream}'
             else true
           end;
  end if;
end $eventfold$;

revoke execute on function {{take_effect}} from public;
