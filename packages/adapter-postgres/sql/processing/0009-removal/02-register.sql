-- Stores those subscriptions whose name is unknown, with their partitions. Replaces the function of 0003, which knew that a name is stored
-- before it read what is stored: in between it may be removed by now.
--
-- w_…: the subscriptions, of distinct names, and the checkpoint that the partitions of each begin with.
-- Returns what is stored for each, in their order.
--
-- Known subscriptions take no number from the sequence, however often nodes start. They are locked against removal, and looked for again
-- if one was removed meanwhile.
create or replace function {{register}}(
  w_name text[], w_source text[], w_partitioning text[], w_partitions integer[], w_number bigint[], w_event uuid[], lock_timeout_ms integer
) returns table (id integer, name text, source text, partitioning text, partitions integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
declare
  stored integer;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  for tries in 1..100 loop -- no rival is in the way so often
    with added as (
      insert into {{subscriptions}} as s (name, source, partitioning, partitions)
        select w.name, w.source, w.partitioning, w.partitions
          from unnest(w_name, w_source, w_partitioning, w_partitions) w(name, source, partitioning, partitions)
         where not exists (select from {{subscriptions}} k where k.name = w.name)
         order by w.name collate "C"
        on conflict do nothing
        returning s.id, s.name, s.partitions)
    insert into {{partitions}} as p (subscription, partition, sequence_number, event_id, token, is_paused, requests, carried_out)
      select a.id, n, w.number, w.event, 0, false, '[]', '{}'
        from unnest(w_name, w_number, w_event) w(name, number, event)
        join added a on a.name = w.name
       cross join generate_series(0, a.partitions - 1) n;
    perform from {{subscriptions}} s where s.name = any (w_name) order by s.id for key share;
    get diagnostics stored = row_count;
    if stored = cardinality(w_name) then
      return query
        select s.id, s.name, s.source, s.partitioning, s.partitions
          from unnest(w_name) with ordinality w(name, place) join {{subscriptions}} s on s.name = w.name order by w.place;
      return;
    end if;
  end loop;
  raise exception 'a trigger or a rule keeps subscriptions from being stored' using errcode = '23000';
end $eventfold$;
