-- A page of the events that match one item.
--
-- i_tags: all of which the events have; null for none. i_names: one of which is their name; null for any. of_category: their category;
-- null for the log. after_number, before_number: between which sequence numbers, both left out. backwards: from the newest on.
-- page_size: the most rows. occurred, observed: the times between which they happened and became known; null for any.
-- Returns rows of the events table, in the order asked for.
--
-- In the list of a tag, rows of other names are passed over without looking at the event.
create function {{item_page}}(
  i_tags text[], i_names text[], of_category text, after_number bigint, before_number bigint, backwards boolean, page_size bigint,
  occurred tstzrange, observed tstzrange
) returns setof {{events}} language plpgsql stable
{{> plans-by-index}}
as $eventfold$
declare
  list constant integer := {{short_list}}(i_tags, of_category, after_number, before_number);
  by_tag constant text := i_tags[coalesce(list, 1)];
begin
  if list = 0 then
    return query select * from {{source_page}}(
      i_tags, i_names, of_category, after_number, before_number, backwards, page_size, occurred, observed);
  elsif list is null and cardinality(i_tags) > 1 then
    return query select * from {{common_page}}(
      i_tags, i_names, of_category, after_number, before_number, backwards, page_size, occurred, observed);
  elsif backwards then
    return query select e.* from {{event_tags}} x
      cross join lateral (select * from {{events}} wanted
                           where wanted.sequence_number between x.sequence_number and x.sequence_number
                             and {{is_wanted}}(wanted, of_category, i_tags, i_names, occurred, observed)
                           order by wanted.sequence_number limit 1) e
      where x.tag = by_tag and x.sequence_number > after_number and x.sequence_number < before_number
        and (i_names is null or x.name = any (i_names))
      order by x.tag desc, x.sequence_number desc limit page_size;
  else
    return query select e.* from {{event_tags}} x
      cross join lateral (select * from {{events}} wanted
                           where wanted.sequence_number between x.sequence_number and x.sequence_number
                             and {{is_wanted}}(wanted, of_category, i_tags, i_names, occurred, observed)
                           order by wanted.sequence_number limit 1) e
      where x.tag = by_tag and x.sequence_number > after_number and x.sequence_number < before_number
        and (i_names is null or x.name = any (i_names))
      order by x.tag, x.sequence_number limit page_size;
  end if;
end $eventfold$;

revoke execute on function {{item_page}}(text[], text[], text, bigint, bigint, boolean, bigint, tstzrange, tstzrange) from public;
