-- Whether a tag is one that a client of the library sends.
--
-- tag: the tag.
-- Returns true, or, if it is to be refused, false or null.
create function {{is_sendable_tag}}(tag text) returns boolean language sql immutable as $eventfold$
  select tag ~ E'^[^\\x01-\\x1f\\x7f-\\x9f]+$' and length(tag) <= 255
$eventfold$;

revoke execute on function {{is_sendable_tag}}(text) from public;
