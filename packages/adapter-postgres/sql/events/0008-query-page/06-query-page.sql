-- A page of the events that match one of several items.
--
-- q_tags, q_names: for each item its tags and its names, as the text of an array, or null for none. The rest as in item_page.
-- Returns rows of the events table, in the order asked for.
--
-- Each item is asked for a full page, but only up to the last number of the page that those before it have filled. So an item that reads
-- the whole source comes last.
create function {{query_page}}(
  q_tags text[], q_names text[], of_category text, after_number bigint, before_number bigint, backwards boolean, page_size bigint,
  occurred tstzrange, observed tstzrange
) returns setof {{events}} language plpgsql stable
{{> plans-by-index}}
as $eventfold$
declare
  sign constant bigint := case when backwards then -1 else 1 end;
  found bigint[] := '{}';
begin
  for item in 1 .. cardinality(q_tags) loop
    found := array(
      select m.number from (
        select unnest(found)
        union
        select p.sequence_number from {{item_page}}(
          q_tags[item]::text[], q_names[item]::text[], of_category, after_number, before_number, backwards, page_size, occurred, observed) p
      ) m(number) order by sign * m.number limit page_size);
    if cardinality(found) >= page_size and backwards then
      after_number := found[page_size];
    elsif cardinality(found) >= page_size then
      before_number := found[page_size];
    end if;
  end loop;
  return query
    select e.* from unnest(found) m(number)
     cross join lateral (select * from {{events}} x where x.sequence_number between m.number and m.number order by x.sequence_number limit 1) e
     order by sign * m.number;
end $eventfold$;

revoke execute on function {{query_page}}(text[], text[], text, bigint, bigint, boolean, bigint, tstzrange, tstzrange) from public;
