-- A page of a category.
--
-- of_category: the category. after_number, before_number: between which sequence numbers, both left out. backwards: from the newest on.
-- page_size: the most rows. with_names, and the four times: what the events are filtered by; null for no such filter.
-- Returns rows of the events table, in the order asked for.
--
-- By the index of categories, whatever the planner believes. With an equality on the category it takes the
-- index of sequence numbers and filters if it thinks that the category is common and evenly spread; if that
-- is wrong, it reads the whole log. So rows are compared, and every plan but the one index with their order
-- is turned off.
create function {{category_page}}(
  of_category text, after_number bigint, before_number bigint, backwards boolean, page_size bigint,
  with_names text[], occurred_after timestamptz, occurred_before timestamptz, observed_after timestamptz, observed_before timestamptz
) returns setof {{events}} language plpgsql stable
set search_path = pg_catalog, pg_temp set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_incremental_sort = off as $eventfold$
begin
  if backwards then
    return query select e.* from {{events}} e
      where (e.category, e.sequence_number) > (of_category, after_number)
        and (e.category, e.sequence_number) < (of_category, before_number)
        and (with_names is null or e.name = any (with_names))
        and (occurred_after is null or e.occurred_at > occurred_after) and (occurred_before is null or e.occurred_at < occurred_before)
        and (observed_after is null or e.observed_at > observed_after) and (observed_before is null or e.observed_at < observed_before)
      order by e.category desc, e.sequence_number desc limit page_size;
  else
    return query select e.* from {{events}} e
      where (e.category, e.sequence_number) > (of_category, after_number)
        and (e.category, e.sequence_number) < (of_category, before_number)
        and (with_names is null or e.name = any (with_names))
        and (occurred_after is null or e.occurred_at > occurred_after) and (occurred_before is null or e.occurred_at < occurred_before)
        and (observed_after is null or e.observed_at > observed_after) and (observed_before is null or e.observed_at < observed_before)
      order by e.category, e.sequence_number limit page_size;
  end if;
end $eventfold$;

revoke execute on function {{category_page}}(text, bigint, bigint, boolean, bigint, text[], timestamptz, timestamptz, timestamptz,
  timestamptz) from public;
