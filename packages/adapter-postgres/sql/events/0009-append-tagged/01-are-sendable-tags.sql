-- Whether tags are ones that a client of the library sends.
--
-- tags: of one event; null for none.
-- Returns true, or, if the event is to be refused, false or null.
create function {{are_sendable_tags}}(tags text[]) returns boolean language sql immutable as $eventfold$
  select tags is null or (
    select count(*) between 1 and 100 and count(distinct t.tag) = count(*)
           and bool_and(t.tag ~ E'^[^\\x01-\\x1f\\x7f-\\x9f]+$' and length(t.tag) <= 255)
      from unnest(tags) t(tag))
$eventfold$;

revoke execute on function {{are_sendable_tags}}(text[]) from public;
