-- Many publishes of one event each, as group commit gathers them, assuming that each will be stored.
--
-- e_category, e_stream: the stream of each event. e_nth: the place of the event among those of its stream,
-- from 1. e_expected: the latest position that the condition asks for, -1 for an empty stream, -2 without a
-- condition; an event with a condition is the first of its stream. The other e_…: the events.
-- lock_timeout_ms: the longest wait for each lock. notify: whether followers are told.
-- Returns the positions and the sequence numbers (numbers), in the order of the events. On any conflict
-- nothing is stored and both are null: append then judges.
--
-- Half the work of append: it looks up neither ids nor streams that must be empty, since the unique indexes
-- find conflicts.
create function {{append_singles}}(
  e_category text[], e_stream text[], e_nth integer[], e_expected integer[],
  e_id uuid[], e_name text[], e_version integer[], e_observed timestamptz[], e_occurred timestamptz[],
  e_payload text[], e_metadata text[],
  lock_timeout_ms integer, notify boolean,
  out positions integer[], out numbers bigint[]
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
#variable_conflict use_column
begin
  {{> refuse-stricter-isolation}}
  -- Places that do not count each stream from 1 would leave gaps among its positions. Mostly no stream has two.
  if (1 = all (e_nth)) is not true and exists (
    select from unnest(e_category, e_stream, e_nth) e(category, stream, nth)
     group by e.category, e.stream having min(e.nth) <> 1 or max(e.nth) <> count(e.nth) or count(e.nth) <> count(*)) then
    perform {{refuse}}();
  end if;
  perform {{order}}(e_category, e_stream, lock_timeout_ms);
  with inserted as (
    insert into {{events}} (id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata)
    select e.id, e.category, e.stream,
           case when e.expected = -1 then 0
                else (select case when e.expected in (-2, h.latest) then h.latest + e.nth end
                        from (select coalesce((select x.position from {{events}} x
                                                where x.category = e.category and x.stream = e.stream
                                                order by x.position desc limit 1), -1) as latest offset 0) h) end,
           case when {{is_sendable}}(e.category, e.stream, e.name, e.version, e.observed, e.occurred) then e.name else {{refuse}}() end,
           e.version, octet_length(e.payload) + coalesce(octet_length(e.metadata), 0),
           e.observed, e.occurred, e.payload::json, e.metadata::json
      from unnest(e_category, e_stream, e_nth, e_expected, e_id, e_name, e_version, e_observed, e_occurred, e_payload, e_metadata)
           e(category, stream, nth, expected, id, name, version, observed, occurred, payload, metadata)
    returning position, sequence_number
  )
  select array_agg(position order by sequence_number), array_agg(sequence_number order by sequence_number)
    into positions, numbers from inserted;
  if cardinality(numbers) is distinct from cardinality(e_id) then
    raise exception 'a trigger or a rule kept events from being inserted' using errcode = '23000';
  end if;
  if notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
exception
  when unique_violation or not_null_violation then
    positions := null;
    numbers := null;
end $eventfold$;

revoke execute on function {{append_singles}}(text[], text[], integer[], integer[], uuid[], text[], integer[], timestamptz[],
  timestamptz[], text[], text[], integer, boolean) from public;
