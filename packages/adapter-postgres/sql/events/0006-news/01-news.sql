-- What is new in many sources after a place in each, for the followers of a process: one call after a wake-up
-- tells which of them to read.
--
-- of_category, of_stream: the sources; without a stream the category, without both the log. after_number: the
-- place in each.
-- Returns the places, from 1, that have something new: whether it can be read (is_readable), and whether a
-- writer in flight holds something back above the horizon (is_held_back). Places with nothing new are left
-- out.
--
-- Plans as in category_page: each place costs one descent of the index that has its order, whatever the planner believes.
create function {{news}}(of_category text[], of_stream text[], after_number bigint[])
returns table (place bigint, is_readable boolean, is_held_back boolean) language plpgsql
set search_path = pg_catalog, pg_temp set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $eventfold$
declare
  greatest_number constant bigint := 9223372036854775807;
  horizon bigint := greatest_number;
begin
  -- In a statement before: what the next one sees includes everything up to the horizon. A standby has none: there, reading the
  -- wider source says so.
  if not pg_is_in_recovery() and (
    {{ordering_guarantee}} = 'category' and array_position(of_category, null) is not null
    or {{ordering_guarantee}} = 'stream' and array_position(of_stream, null) is not null
  ) then
    horizon := {{settled}}();
  end if;
  return query
    select n.place, n.first <= n.up_to, n.beyond is not null
      from (select w.place, u.up_to,
                   case when w.category is null then
                          (select e.sequence_number from {{events}} e
                            where e.sequence_number > w.after and (e.category < '$' or e.category >= '%')
                            order by e.sequence_number limit 1)
                        when w.stream is null then
                          (select e.sequence_number from {{events}} e
                            where (e.category, e.sequence_number) > (w.category, w.after)
                              and (e.category, e.sequence_number) <= (w.category, greatest_number)
                            order by e.category, e.sequence_number limit 1)
                        else
                          (select nullif(greatest(e.sequence_number, w.after), w.after) from {{events}} e
                            where e.category = w.category and e.stream = w.stream
                            order by e.position desc limit 1)
                   end as first,
                   case when u.up_to = greatest_number then null
                        when w.category is null then
                          (select e.sequence_number from {{events}} e
                            where e.sequence_number > greatest(w.after, u.up_to) and (e.category < '$' or e.category >= '%')
                            order by e.sequence_number limit 1)
                        else
                          (select e.sequence_number from {{events}} e
                            where (e.category, e.sequence_number) > (w.category, greatest(w.after, u.up_to))
                              and (e.category, e.sequence_number) <= (w.category, greatest_number)
                            order by e.category, e.sequence_number limit 1)
                   end as beyond
              from unnest(of_category, of_stream, after_number) with ordinality w(category, stream, after, place)
             cross join lateral (
               select case when {{ordering_guarantee}} = 'category' and w.category is null
                             or {{ordering_guarantee}} = 'stream' and w.stream is null
                           then horizon else greatest_number end as up_to) u) n
     where n.first is not null;
end $eventfold$;

revoke execute on function {{news}}(text[], text[], bigint[]) from public;
