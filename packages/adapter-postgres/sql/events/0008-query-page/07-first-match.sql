-- The first event above a number that matches an item.
--
-- i_tags: the tags; null for none. i_names: the names; null for any. above_number: the number.
-- Returns its sequence number; null when there is none.
--
-- Nearly always one of the tags has nothing above the number, which one look at the index tells. Only the functions of 0009 call it, so
-- it has their settings.
create function {{first_match}}(i_tags text[], i_names text[], above_number bigint) returns bigint
language plpgsql stable as $eventfold$
declare
  by_tag text;
begin
  foreach by_tag in array coalesce(i_tags, '{}') loop
    if not exists (select from {{event_tags}} x where x.tag = by_tag and x.sequence_number > above_number) then
      return null;
    end if;
  end loop;
  return (select p.sequence_number
            from {{item_page}}(i_tags, i_names, null, above_number, 9223372036854775807, false, 1, null, null) p);
end $eventfold$;

revoke execute on function {{first_match}}(text[], text[], bigint) from public;
