-- By which list the events of an item are found with little work: that of one of its tags, or that of the category.
--
-- i_tags: the tags; null for none. of_category: the category; null for the log. after_number, before_number: between which sequence
-- numbers, both left out.
-- Returns the place of the tag, from 1; 0 for the source itself; and null when all lists are long.
--
-- It looks for a list of at most 16 rows, then of 256, then of 4,096. Only item_page calls it, so it has the settings of that.
create function {{short_list}}(i_tags text[], of_category text, after_number bigint, before_number bigint) returns integer
language plpgsql stable as $eventfold$
declare
  most bigint;
  by_tag text;
begin
  if i_tags is null then
    return 0;
  elsif cardinality(i_tags) = 1 and of_category is null then
    return 1;
  end if;
  foreach most in array array[16, 256, 4096] loop
    for place in 1 .. cardinality(i_tags) loop
      by_tag := i_tags[place];
      perform from {{event_tags}} x
        where x.tag = by_tag and x.sequence_number > after_number and x.sequence_number < before_number offset most limit 1;
      if not found then
        return place;
      end if;
    end loop;
    if of_category is not null then
      perform from {{events}} e
        where (e.category, e.sequence_number) > (of_category, after_number) and (e.category, e.sequence_number) < (of_category, before_number)
        offset most limit 1;
      if not found then
        return 0;
      end if;
    end if;
  end loop;
  return null;
end $eventfold$;

revoke execute on function {{short_list}}(text[], text, bigint, bigint) from public;
