-- One event for a stream that must be empty: the most common publish that is alone.
--
-- w_category, w_stream: the stream. e_…: the event. lock_timeout_ms: the longest wait for a lock. notify: whether followers are told.
-- Returns its sequence number; null when the stream is not empty or the id is stored already, which append_one then judges.
--
-- The leanest of all: it looks nothing up, since the unique indexes find conflicts.
create function {{append_first}}(
  w_category text, w_stream text,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text,
  lock_timeout_ms integer, notify boolean
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $eventfold$
declare
  number bigint;
begin
  {{> refuse-stricter-isolation}}
  {{> admit-one-event}}
  insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata)
  values (e_id, w_category, w_stream, 0, e_name, e_version, octet_length(e_payload) + coalesce(octet_length(e_metadata), 0),
          e_observed, e_occurred, e_payload::json, e_metadata::json)
  on conflict do nothing
  returning sequence_number into number;
  if notify and number is not null then
    perform pg_notify({{channel_literal}}, '');
  end if;
  return number;
end $eventfold$;

revoke execute on function {{append_first}}(text, text, uuid, text, integer, timestamptz, timestamptz, text, text, integer, boolean)
  from public;
