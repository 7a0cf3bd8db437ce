-- One event for one stream, with tags, with a condition on the events of the log, or both.
--
-- w_category, w_stream: the stream. w_positions, w_complement: the latest positions that the condition on the stream allows, or with
-- w_complement all others; null without one. e_…: the event. e_tags: null for none. c_after: the number above which no event may match.
-- c_tags, c_names: for each item its tags and its names, as the text of an array, or null for none. lock_timeout_ms: the longest wait for
-- each lock. notify: whether followers are told.
-- Returns as append_one does, and in matched the number of the first event that matches, if that is why nothing is stored.
create function {{append_one_tagged}}(
  w_category text, w_stream text, w_positions integer[], w_complement boolean,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text, e_tags text[],
  c_after bigint, c_tags text[], c_names text[], lock_timeout_ms integer, notify boolean,
  out head integer, out number bigint, out matched bigint
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set jit = off set enable_seqscan = off set enable_bitmapscan = off as $eventfold$
declare
  inserted bigint;
begin
  {{> refuse-stricter-isolation}}
  {{> admit-one-tagged-event}}
  if {{ordering_guarantee}} <> 'log' or not pg_try_advisory_xact_lock({{events_literal}}::regclass::oid::integer, 0) then
    perform {{order_tagged}}(array[w_category], array[w_stream], array[e_tags::text], c_tags, lock_timeout_ms);
  end if;
  for item in 1 .. cardinality(c_tags) loop
    matched := least(matched, {{first_match}}(c_tags[item]::text[], c_names[item]::text[], c_after));
  end loop;
  insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata, tags)
  select e_id, w_category, w_stream, h.latest + 1, e_name, e_version,
         octet_length(e_payload) + coalesce(octet_length(e_metadata), 0) + coalesce(octet_length(array_to_string(e_tags, '')), 0),
         e_observed, e_occurred, e_payload::json, e_metadata::json, e_tags
    from (select coalesce((select x.position from {{events}} x where x.category = w_category and x.stream = w_stream
                            order by x.position desc limit 1), -1) as latest offset 0) h
   where (w_positions is null or (h.latest = any (w_positions)) is distinct from w_complement)
     and matched is null
     and not exists (select from {{events}} x where x.id = e_id)
  returning position - 1, sequence_number into head, number;
  if number is not null then
    {{> insert-tags-of-one-event}}
  elsif exists (select from {{events}} x where x.id = e_id) then
    matched := null;
  else
    select coalesce((select x.position from {{events}} x where x.category = w_category and x.stream = w_stream
                      order by x.position desc limit 1), -1) into head;
    if w_positions is not null and (head = any (w_positions)) is not distinct from w_complement then
      matched := null;
    end if;
  end if;
end $eventfold$;

revoke execute on function {{append_one_tagged}}(text, text, integer[], boolean, uuid, text, integer, timestamptz, timestamptz, text, text,
  text[], bigint, text[], text[], integer, boolean) from public;
