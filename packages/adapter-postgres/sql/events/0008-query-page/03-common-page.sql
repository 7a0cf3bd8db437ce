-- A page of the events that match one item whose tags are all common.
--
-- As item_page.
--
-- The lists of two tags are walked side by side. That reads each of them once, 10 times as fast as looking up 500,000 events one by one,
-- and stops when the page is full. The other tags are compared in the events. So here, and only here, lists are merged.
create function {{common_page}}(
  i_tags text[], i_names text[], of_category text, after_number bigint, before_number bigint, backwards boolean, page_size bigint,
  occurred tstzrange, observed tstzrange
) returns setof {{events}} language plpgsql stable
{{> plans-by-index}}
set enable_mergejoin = on set enable_nestloop = off set enable_hashjoin = off set enable_sort = off as $eventfold$
declare
  tag_1 constant text := i_tags[1];
  tag_2 constant text := i_tags[2];
begin
  if backwards then
    return query select e.* from (
        select x.sequence_number from {{event_tags}} x join {{event_tags}} y on y.sequence_number = x.sequence_number
         where x.tag = tag_1 and x.sequence_number > after_number and x.sequence_number < before_number
           and y.tag = tag_2 and y.sequence_number > after_number and y.sequence_number < before_number
           and (i_names is null or x.name = any (i_names))
         order by x.sequence_number desc offset 0) tagged
      cross join lateral (select * from {{events}} wanted
                           where wanted.sequence_number between tagged.sequence_number and tagged.sequence_number
                             and {{is_wanted}}(wanted, of_category, i_tags, i_names, occurred, observed)
                           order by wanted.sequence_number limit 1) e
      order by tagged.sequence_number desc limit page_size;
  else
    return query select e.* from (
        select x.sequence_number from {{event_tags}} x join {{event_tags}} y on y.sequence_number = x.sequence_number
         where x.tag = tag_1 and x.sequence_number > after_number and x.sequence_number < before_number
           and y.tag = tag_2 and y.sequence_number > after_number and y.sequence_number < before_number
           and (i_names is null or x.name = any (i_names))
         order by x.sequence_number offset 0) tagged
      cross join lateral (select * from {{events}} wanted
                           where wanted.sequence_number between tagged.sequence_number and tagged.sequence_number
                             and {{is_wanted}}(wanted, of_category, i_tags, i_names, occurred, observed)
                           order by wanted.sequence_number limit 1) e
      order by tagged.sequence_number limit page_size;
  end if;
end $eventfold$;

revoke execute on function {{common_page}}(text[], text[], text, bigint, bigint, boolean, bigint, tstzrange, tstzrange) from public;
