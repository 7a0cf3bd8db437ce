-- Several events, or none, for one stream.
--
-- w_category, w_stream: the stream. w_positions, w_complement: the latest positions that the condition allows, or with w_complement all
-- others; null without a condition. e_…: the events. lock_timeout_ms: the longest wait for a lock. notify: whether followers are told.
-- Returns rows of numbers. The first is the latest position before the write when it was stored, followed by the sequence numbers; -3
-- minus the latest position when the condition is unmet; null when an id is stored already, which the caller looks up.
--
-- A publish of several events to one stream is common, and needs none of the grouping that append does.
create function {{append_stream}}(
  w_category text, w_stream text, w_positions integer[], w_complement boolean,
  e_id uuid[], e_name text[], e_version integer[], e_observed timestamptz[], e_occurred timestamptz[],
  e_payload text[], e_metadata text[],
  lock_timeout_ms integer, notify boolean
) returns setof bigint language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
declare
  head integer;
  inserted bigint;
begin
  {{> refuse-stricter-isolation}}
  perform {{order}}(array[w_category], array[w_stream], lock_timeout_ms);
  if exists (select from {{events}} x where x.id = any (e_id)) then
    return next null;
    return;
  end if;
  select x.position into head from {{events}} x
   where x.category = w_category and x.stream = w_stream order by x.position desc limit 1;
  head := coalesce(head, -1);
  if w_positions is not null and (head = any (w_positions)) is not distinct from w_complement then
    return next -3 - head;
    return;
  end if;
  return next head;
  return query
    insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata)
    select e.id, w_category, w_stream, head + e.ord::integer,
           case when {{is_sendable}}(w_category, w_stream, e.name, e.version, e.observed, e.occurred) then e.name else {{refuse}}() end,
           e.version,
           octet_length(e.payload) + coalesce(octet_length(e.metadata), 0), e.observed, e.occurred, e.payload::json, e.metadata::json
      from unnest(e_id, e_name, e_version, e_observed, e_occurred, e_payload, e_metadata)
           with ordinality e(id, name, version, observed, occurred, payload, metadata, ord)
    returning sequence_number;
  get diagnostics inserted = row_count;
  if inserted < cardinality(e_id) then
    raise exception 'a trigger or a rule kept events from being inserted' using errcode = '23000';
  end if;
  if notify and inserted > 0 then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{append_stream}}(text, text, integer[], boolean, uuid[], text[], integer[], timestamptz[], timestamptz[],
  text[], text[], integer, boolean) from public;
