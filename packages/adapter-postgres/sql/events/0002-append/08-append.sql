-- Any number of publishes, of any number of writes each, in one statement.
--
-- w_…: the writes. w_publish: to which publish each belongs, rising. w_positions, w_complement: the latest positions that the condition
-- allows, as the text of an array, or with w_complement all others; null without a condition. e_…: the events. e_write: the write of
-- each, from 1. lock_timeout_ms: the longest wait for each lock. store: false only judges, and keeps the locks. notify: whether followers
-- are told.
-- Returns verdicts, per publish: 0 stored, or to be stored; 1 a condition is unmet; 2 a repeat; 3 ids are taken. heads: the latest
-- position per write, before it. positions, numbers: of the events of the stored publishes, in the order of the events.
--
-- The caller promises that ids are distinct, that a publish names a stream once, and that no condition is on
-- a stream that an earlier publish of the same call writes to. Arrays shorter than e_write count as filled
-- with nulls, so a call that only judges needs no payloads.
--
-- It serves everything, and says why what was not stored was not. Ids are looked up by a lateral join with a limit, which the planner
-- cannot flatten.
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
  {{> refuse-stricter-isolation}}
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

revoke execute on function {{append}}(integer[], text[], text[], text[], boolean[], integer[], uuid[], text[], integer[],
  timestamptz[], timestamptz[], text[], text[], integer, boolean, boolean) from public;
