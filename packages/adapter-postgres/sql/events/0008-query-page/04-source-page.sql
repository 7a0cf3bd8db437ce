-- A page of the events that match one item, found by reading the source: the category, or the log.
--
-- As item_page.
--
-- For items without tags, since there is no index of names: it takes half a second for each million events that are read. And for
-- items whose tags are all more common than the events of the category; rows are compared for the reason that category_page gives.
create function {{source_page}}(
  i_tags text[], i_names text[], of_category text, after_number bigint, before_number bigint, backwards boolean, page_size bigint,
  occurred tstzrange, observed tstzrange
) returns setof {{events}} language plpgsql stable
{{> plans-by-index}}
set enable_sort = off set enable_incremental_sort = off as $eventfold$
begin
  if of_category is null and backwards then
    return query select e.* from {{events}} e
      where e.sequence_number > after_number and e.sequence_number < before_number
        and {{is_wanted}}(e, of_category, i_tags, i_names, occurred, observed)
      order by e.sequence_number desc limit page_size;
  elsif of_category is null then
    return query select e.* from {{events}} e
      where e.sequence_number > after_number and e.sequence_number < before_number
        and {{is_wanted}}(e, of_category, i_tags, i_names, occurred, observed)
      order by e.sequence_number limit page_size;
  elsif backwards then
    return query select e.* from {{events}} e
      where (e.category, e.sequence_number) > (of_category, after_number) and (e.category, e.sequence_number) < (of_category, before_number)
        and {{is_wanted}}(e, of_category, i_tags, i_names, occurred, observed)
      order by e.category desc, e.sequence_number desc limit page_size;
  else
    return query select e.* from {{events}} e
      where (e.category, e.sequence_number) > (of_category, after_number) and (e.category, e.sequence_number) < (of_category, before_number)
        and {{is_wanted}}(e, of_category, i_tags, i_names, occurred, observed)
      order by e.category, e.sequence_number limit page_size;
  end if;
end $eventfold$;

revoke execute on function {{source_page}}(text[], text[], text, bigint, bigint, boolean, bigint, tstzrange, tstzrange) from public;
