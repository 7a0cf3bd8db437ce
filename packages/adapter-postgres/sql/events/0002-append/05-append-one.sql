-- One event for one stream.
--
-- w_category, w_stream: the stream. w_positions, w_complement: the latest positions that the condition allows, or with w_complement all
-- others; null without a condition. e_…: the event. lock_timeout_ms: the longest wait for a lock. notify: whether followers are told.
-- Returns in number the sequence number of the stored event, and in head the latest position before it. Without a number, a condition
-- was unmet with the latest position head, or head is null: the id is stored already, which the caller looks up.
--
-- The lean path of a publish that is alone: scalars, because unpacking arrays costs as much as the insert (36
-- µs instead of 15), and one statement that looks up, judges and inserts.
create function {{append_one}}(
  w_category text, w_stream text, w_positions integer[], w_complement boolean,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text,
  lock_timeout_ms integer, notify boolean,
  out head integer, out number bigint
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
begin
  {{> refuse-stricter-isolation}}
  {{> admit-one-event}}
  insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata)
  select e_id, w_category, w_stream, h.latest + 1, e_name, e_version, octet_length(e_payload) + coalesce(octet_length(e_metadata), 0),
         e_observed, e_occurred, e_payload::json, e_metadata::json
    from (select coalesce((select x.position from {{events}} x where x.category = w_category and x.stream = w_stream
                            order by x.position desc limit 1), -1) as latest offset 0) h
   where (w_positions is null or (h.latest = any (w_positions)) is distinct from w_complement)
     and not exists (select from {{events}} x where x.id = e_id)
  returning position - 1, sequence_number into head, number;
  if number is not null then
    if notify then
      perform pg_notify({{channel_literal}}, '');
    end if;
  elsif not exists (select from {{events}} x where x.id = e_id) then
    select coalesce((select x.position from {{events}} x where x.category = w_category and x.stream = w_stream
                      order by x.position desc limit 1), -1) into head;
  end if;
end $eventfold$;

revoke execute on function {{append_one}}(text, text, integer[], boolean, uuid, text, integer, timestamptz, timestamptz, text, text,
  integer, boolean) from public;
