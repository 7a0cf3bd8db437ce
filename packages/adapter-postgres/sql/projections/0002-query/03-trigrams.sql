-- The trigrams of a text as pg_trgm makes them of ASCII.
--
-- value: the text.
-- Returns each trigram once, as three bytes.
--
-- No extension is needed for it. It works on bytes, because a place in them is found at once.
create function {{trigrams}}(value text) returns bytea[]
language plpgsql immutable strict parallel safe cost 200 as $eventfold$
begin
  return array(
    select distinct substring(padded.bytes from place for 3)
      from regexp_matches(lower(value collate "C"), '[a-z0-9]+', 'g') word(texts),
           -- Without "offset 0" it would be made anew for each place.
           lateral (select convert_to('  ' || word.texts[1] || ' ', 'UTF8') as bytes offset 0) padded,
           lateral generate_series(1, octet_length(padded.bytes) - 2) place);
end $eventfold$;
