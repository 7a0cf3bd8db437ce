-- One event with tags for a stream that must be empty.
--
-- As append_first. e_tags: the tags, at least one.
create function {{append_first_tagged}}(
  w_category text, w_stream text,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text, e_tags text[],
  lock_timeout_ms integer, notify boolean
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $eventfold$
declare
  number bigint;
  inserted bigint;
begin
  {{> refuse-stricter-isolation}}
  {{> admit-one-tagged-event}}
  if {{ordering_guarantee}} <> 'log' or not pg_try_advisory_xact_lock({{events_literal}}::regclass::oid::integer, 0) then
    perform {{order_tagged}}(array[w_category], array[w_stream], array[e_tags::text], null, lock_timeout_ms);
  end if;
  insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata, tags)
  values (e_id, w_category, w_stream, 0, e_name, e_version,
          octet_length(e_payload) + coalesce(octet_length(e_metadata), 0) + octet_length(array_to_string(e_tags, '')),
          e_observed, e_occurred, e_payload::json, e_metadata::json, e_tags)
  on conflict do nothing
  returning sequence_number into number;
  if number is not null then
    {{> insert-tags-of-one-event}}
  end if;
  return number;
end $eventfold$;

revoke execute on function {{append_first_tagged}}(text, text, uuid, text, integer, timestamptz, timestamptz, text, text, text[], integer,
  boolean) from public;
