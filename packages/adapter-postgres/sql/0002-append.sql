-- Writing. The runtime role may execute these functions and has no right to insert: they run with the rights of their owner.

-- Takes the locks that give the log its order, held until the transaction ends. Their keys come from the table's OID:
-- (OID, 0) for the whole log; (OID, odd) for one of 64 stripes of categories or streams, for a key per stream would exhaust the
-- server's lock table; (OID, even) for this backend as a writer in flight; (-OID, n) for "its numbers will be above n".
-- A lock that is free is taken without touching lock_timeout. A waiting writer is first come, first served either way.
create function {{order}}(w_category text[], w_stream text[], lock_timeout_ms integer) returns void
language plpgsql as $eventfold$
declare
  log constant integer := {{events_literal}}::regclass::oid::integer;
  keys integer[] := '{0}';
  key integer;
  previous text;
  bound bigint;
begin
  if {{ordering_guarantee}} <> 'log' then
    select array_agg(distinct k order by k) into keys
      from (select (get_byte(sha256(convert_to(
                     case when {{ordering_guarantee}} = 'category' then w.category else w.category || E'\x1f' || w.stream end,
                     'UTF8')), 0) & 63) * 2 + 1 as k
              from unnest(w_category, w_stream) w(category, stream)) stripes;
  end if;
  foreach key in array keys loop
    if not pg_try_advisory_xact_lock(log, key) then
      previous := current_setting('lock_timeout');
      perform set_config('lock_timeout', lock_timeout_ms::text, true);
      perform pg_advisory_xact_lock(log, key);
      perform set_config('lock_timeout', previous, true);
    end if;
  end loop;
  if {{ordering_guarantee}} <> 'log' then
    -- Both before any number is taken: whoever holds a number that a reader could have seen pass is found in pg_locks.
    perform pg_advisory_xact_lock(log, pg_backend_pid() * 2);
    select case when is_called then last_value else 0 end into bound from {{sequence}};
    perform pg_advisory_xact_lock_shared(-log, (((bound + 2147483648) % 4294967296) - 2147483648)::integer);
  end if;
end $eventfold$;

-- Whether an event is one that a client of the library sends: whoever may execute the functions below stores no other. It is one
-- immutable expression, which the planner puts where the call is: 2 µs an event of the server's time, and 8 where it is called.
-- The pattern is an E'' string, which reads the same whatever standard_conforming_strings says.
create function {{is_sendable}}(category text, stream text, name text, version integer, observed timestamptz, occurred timestamptz)
returns boolean language sql immutable as $eventfold$
  select category || E'\n' || stream || E'\n' || name ~ E'^[^\\x01-\\x1f\\x7f-\\x9f]+\\n[^\\x01-\\x1f\\x7f-\\x9f]+\\n[^\\x01-\\x1f\\x7f-\\x9f]+$'
     and length(category) <= 128 and length(stream) <= 512 and length(name) <= 255 and version >= 1
     and observed between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999Z'
     and occurred between timestamptz '0001-01-01 00:00:00Z' and timestamptz '9999-12-31 23:59:59.999Z'
$eventfold$;

-- Refuses what no client sends; of type text, so that it can stand in the place of a name.
create function {{refuse}}() returns text language plpgsql as $eventfold$
begin
  raise exception 'eventfold: a name, version, time or place that no client sends' using errcode = '22023';
end $eventfold$;

-- Many publishes in one statement. It must be a function: a statement's own snapshot would be older than the lock, so that the
-- check would miss what the previous holder committed. At READ COMMITTED each statement in here sees all that came before.
--
-- The caller promises that ids are distinct, that a publish names a stream once, and that no condition is on a stream which an
-- earlier publish of the same call touches. Arrays that are shorter than e_write count as filled with nulls, so that a call
-- which only judges (store = false) needs no payloads.
--
-- verdicts, per publish: 0 stored, 1 a condition is unmet, 2 a repeat, 3 ids are taken. heads: the latest position per write.
-- positions, numbers: of the events of the stored publishes, in the order of the events.
--
-- enable_seqscan = off: PL/pgSQL keeps the plan, and one made while the table was small became a sequential scan under the lock
-- (33,000 events/s fell to 1,000/s). Ids are looked up by a lateral join with a limit, which the planner cannot flatten.
create function {{append}}(
  w_publish integer[], w_category text[], w_stream text[], w_positions text[], w_complement boolean[],
  e_write integer[], e_id uuid[], e_name text[], e_version integer[], e_observed timestamptz[], e_occurred timestamptz[],
  e_payload text[], e_metadata text[],
  lock_timeout_ms integer, store boolean, notify boolean,
  out verdicts integer[], out heads integer[], out positions integer[], out numbers bigint[]
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
#variable_conflict use_column
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
  end if;
  perform {{order}}(w_category, w_stream, lock_timeout_ms);
  with w as materialized (
    select w.ord::integer as w, w.publish, w.category, w.stream, h.head,
           w.positions is null or (h.head = any (w.positions::integer[])) is distinct from w.complement as ok
      from unnest(w_publish, w_category, w_stream, w_positions, w_complement)
           with ordinality w(publish, category, stream, positions, complement, ord)
     cross join lateral (
       select coalesce((select x.position from {{events}} x where x.category = w.category and x.stream = w.stream
                         order by x.position desc limit 1), -1) as head) h
  ), e as materialized (
    select e.*, w.publish, w.category, w.stream, w.head,
           s.category = w.category and s.stream = w.stream as in_place, s.position as was,
           s.position > lag(s.position) over (partition by e.write order by e.ord) as rising
      from unnest(e_write, e_id, e_name, e_version, e_observed, e_occurred, e_payload, e_metadata)
           with ordinality e(write, id, name, version, observed, occurred, payload, metadata, ord)
      join w on w.w = e.write
      left join lateral (
        select x.category, x.stream, x.position from {{events}} x where x.id = e.id limit 1) s on true
  ), seen as (
    select publish, count(*) as n, count(was) as stored, bool_and(coalesce(in_place, false) and coalesce(rising, true)) as exact
      from e group by publish
  ), verdict as materialized (
    select g.publish, case when s.stored = s.n and s.exact then 2 when s.stored > 0 then 3 when g.ok then 0 else 1 end as v
      from (select publish, bool_and(ok) as ok from w group by publish) g left join seen s using (publish)
  ), numbered as materialized (
    select o.*, nextval({{sequence_literal}}::regclass) as number from (
      select e.ord, e.id, e.category, e.stream, e.name, e.version, e.observed, e.occurred, e.payload, e.metadata,
             (e.head + row_number() over (partition by e.category, e.stream order by e.ord))::integer as position
        from e join verdict v on v.publish = e.publish and v.v = 0
       where store
       order by e.ord) o
  ), inserted as (
    insert into {{events}} (sequence_number, id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata)
    overriding system value
    select number, id, category, stream, position,
           case when {{is_sendable}}(category, stream, name, version, observed, occurred) then name else {{refuse}}() end,
           version, octet_length(payload) + coalesce(octet_length(metadata), 0),
           observed, occurred, payload::json, metadata::json
      from numbered order by number
    returning sequence_number
  )
  select (select array_agg(v order by publish) from verdict),
         (select array_agg(head order by w) from w),
         (select array_agg(position order by ord) from numbered),
         (select array_agg(sequence_number order by sequence_number) from inserted)
    into verdicts, heads, positions, numbers;
  if cardinality(numbers) is distinct from cardinality(positions) then
    raise exception 'a trigger or a rule kept events from being inserted' using errcode = '23000';
  end if;
  if notify and numbers is not null then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

-- Several events, or none, for one stream. The first number returned is the latest position before the write when it was
-- stored, followed by the sequence numbers; -3 minus the latest position when the condition is unmet; null when an id is
-- stored already, which the caller looks up.
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
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
  end if;
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

-- One event for one stream, the lean path of a publish that is alone: scalars, for unpacking arrays cost as much as the insert
-- (36 µs instead of 15), and one statement that looks, judges and inserts. A number says that it was stored, after the latest
-- position in head. Without one, a condition was unmet with that latest position, or head is null: the id is stored already.
create function {{append_one}}(
  w_category text, w_stream text, w_positions integer[], w_complement boolean,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text,
  lock_timeout_ms integer, notify boolean,
  out head integer, out number bigint
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $eventfold$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
  end if;
  if {{is_sendable}}(w_category, w_stream, e_name, e_version, e_observed, e_occurred) is not true then
    perform {{refuse}}();
  end if;
  if {{ordering_guarantee}} <> 'log' or not pg_try_advisory_xact_lock({{events_literal}}::regclass::oid::integer, 0) then
    perform {{order}}(array[w_category], array[w_stream], lock_timeout_ms);
  end if;
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

-- Many publishes of one event each, as group commit gathers them, taking for granted that every one will be stored: no look at
-- the ids, and none at a stream that must be empty, for the unique indexes find what is in the way. Half the work of the function
-- above, which has the last word: when anything is in the way, nothing is stored and positions is null.
--
-- e_expected: the latest position that the condition asks for, -1 for an empty stream, -2 without a condition.
-- e_nth: the place of the event among those of its stream, from 1. An event with a condition is the first of them.
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
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
  end if;
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

-- One event for a stream that must be empty: what a publish that is alone most often is. Returns its sequence number; null when
-- the stream is not empty or the id is stored already, which the function for one event then judges.
create function {{append_first}}(
  w_category text, w_stream text,
  e_id uuid, e_name text, e_version integer, e_observed timestamptz, e_occurred timestamptz, e_payload text, e_metadata text,
  lock_timeout_ms integer, notify boolean
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $eventfold$
declare
  number bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
  end if;
  if {{is_sendable}}(w_category, w_stream, e_name, e_version, e_observed, e_occurred) is not true then
    perform {{refuse}}();
  end if;
  if {{ordering_guarantee}} <> 'log' or not pg_try_advisory_xact_lock({{events_literal}}::regclass::oid::integer, 0) then
    perform {{order}}(array[w_category], array[w_stream], lock_timeout_ms);
  end if;
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

revoke execute on function {{is_sendable}}(text, text, text, integer, timestamptz, timestamptz) from public;
revoke execute on function {{refuse}}() from public;
revoke execute on function {{order}}(text[], text[], integer) from public;
revoke execute on function {{append}}(integer[], text[], text[], text[], boolean[], integer[], uuid[], text[], integer[],
  timestamptz[], timestamptz[], text[], text[], integer, boolean, boolean) from public;
revoke execute on function {{append_stream}}(text, text, integer[], boolean, uuid[], text[], integer[], timestamptz[], timestamptz[],
  text[], text[], integer, boolean) from public;
revoke execute on function {{append_one}}(text, text, integer[], boolean, uuid, text, integer, timestamptz, timestamptz, text, text,
  integer, boolean) from public;
revoke execute on function {{append_singles}}(text[], text[], integer[], integer[], uuid[], text[], integer[], timestamptz[],
  timestamptz[], text[], text[], integer, boolean) from public;
revoke execute on function {{append_first}}(text, text, uuid, text, integer, timestamptz, timestamptz, text, text, integer, boolean)
  from public;
