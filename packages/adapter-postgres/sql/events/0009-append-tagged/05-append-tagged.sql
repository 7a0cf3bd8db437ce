-- Any number of publishes, of which some have tags or a condition on the events of the log, in one statement.
--
-- As append, but for these: w_store: whether the write's publish is stored if nothing is in its way, or only judged. e_tags: the tags
-- of each event, as the text of an array; null for none. c_…: the items of the conditions. c_publish: the publish of each, as in w_publish.
-- c_after: the number above which no event may match. c_tags, c_names: its tags and its names, as the text of an array; null for none.
-- Returns as append does, and in matched, per publish, the number of the first event that matches, if its verdict is 4: an event
-- matches.
--
-- The caller also promises that no event of a publish that may be stored matches the condition of a later publish of the call.
create function {{append_tagged}}(
  w_publish integer[], w_category text[], w_stream text[], w_positions text[], w_complement boolean[], w_store boolean[],
  e_write integer[], e_id uuid[], e_name text[], e_version integer[], e_observed timestamptz[], e_occurred timestamptz[],
  e_payload text[], e_metadata text[], e_tags text[],
  c_publish integer[], c_after bigint[], c_tags text[], c_names text[],
  lock_timeout_ms integer, notify boolean,
  out verdicts integer[], out heads integer[], out positions integer[], out numbers bigint[], out matched bigint[]
) language plpgsql security definer
set search_path = pg_catalog, pg_temp set jit = off set enable_seqscan = off set enable_bitmapscan = off as $eventfold$
#variable_conflict use_column
declare
  is_complete boolean;
begin
  {{> refuse-stricter-isolation}}
  perform {{order_tagged}}(w_category, w_stream, e_tags, c_tags, lock_timeout_ms);
  with w as materialized (
    select w.ord::integer as w, w.publish, w.category, w.stream, w.store, h.head,
           w.positions is null or (h.head = any (w.positions::integer[])) is distinct from w.complement as ok
      from unnest(w_publish, w_category, w_stream, w_positions, w_complement, w_store)
           with ordinality w(publish, category, stream, positions, complement, store, ord)
     cross join lateral (
       select coalesce((select x.position from {{events}} x where x.category = w.category and x.stream = w.stream
                         order by x.position desc limit 1), -1) as head) h
  ), e as materialized (
    select e.*, w.publish, w.category, w.stream, w.head,
           s.category = w.category and s.stream = w.stream as in_place, s.position as was,
           s.position > lag(s.position) over (partition by e.write order by e.ord) as rising
      from unnest(e_write, e_id, e_name, e_version, e_observed, e_occurred, e_payload, e_metadata, e_tags)
           with ordinality e(write, id, name, version, observed, occurred, payload, metadata, tags, ord)
      join w on w.w = e.write
      left join lateral (
        select x.category, x.stream, x.position from {{events}} x where x.id = e.id limit 1) s on true
  ), seen as (
    select publish, count(*) as n, count(was) as stored, bool_and(coalesce(in_place, false) and coalesce(rising, true)) as exact
      from e group by publish
  ), judged as materialized (
    select g.publish, g.store, case when s.stored = s.n and s.exact then 2 when s.stored > 0 then 3 when not g.ok then 1 end as v
      from (select publish, bool_and(store) as store, bool_and(ok) as ok from w group by publish) g left join seen s using (publish)
  ), match as materialized (
    select c.publish, min({{first_match}}(c.tags::text[], c.names::text[], c.after)) as number
      from unnest(c_publish, c_after, c_tags, c_names) c(publish, after, tags, names)
      join judged j on j.publish = c.publish and j.v is null
     group by c.publish
  ), verdict as materialized (
    select j.publish, j.store, m.number as matched, coalesce(j.v, case when m.number is null then 0 else 4 end) as v
      from judged j left join match m using (publish)
  ), numbered as materialized (
    select o.*, nextval({{sequence_literal}}::regclass) as number from (
      select e.ord, e.id, e.category, e.stream, e.name, e.version, e.observed, e.occurred, e.payload, e.metadata, e.tags::text[] as tags,
             (e.head + row_number() over (partition by e.category, e.stream order by e.ord))::integer as position
        from e join verdict v on v.publish = e.publish and v.v = 0 and v.store
       order by e.ord) o
  ), inserted as (
    insert into {{events}} (sequence_number, id, category, stream, position, name, version, size, observed_at, occurred_at, payload, metadata,
                            tags)
    overriding system value
    select number, id, category, stream, position,
           case when {{is_sendable}}(category, stream, name, version, observed, occurred) and cardinality(tags) <= 100 is not false then name
                else {{refuse}}() end,
           version,
           octet_length(payload) + coalesce(octet_length(metadata), 0) + coalesce(octet_length(array_to_string(tags, '')), 0),
           observed, occurred, payload::json, metadata::json, tags
      from numbered order by number
    returning sequence_number
  ), tagged as (
    insert into {{event_tags}} (tag, sequence_number, name)
    select case when {{is_sendable_tag}}(t.tag) then t.tag else {{refuse}}() end, number, name
      from numbered cross join unnest(tags) t(tag) order by t.tag, number
    returning sequence_number
  )
  select (select array_agg(v order by publish) from verdict),
         (select array_agg(head order by w) from w),
         (select array_agg(position order by ord) from numbered),
         (select array_agg(sequence_number order by sequence_number) from inserted),
         (select array_agg(matched order by publish) from verdict),
         (select count(*) from tagged) = (select coalesce(sum(cardinality(tags)), 0) from numbered)
    into verdicts, heads, positions, numbers, matched, is_complete;
  if cardinality(numbers) is distinct from cardinality(positions) or not is_complete then
    raise exception 'a trigger or a rule kept events or tags from being inserted' using errcode = '23000';
  end if;
  if notify and numbers is not null then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{append_tagged}}(integer[], text[], text[], text[], boolean[], boolean[], integer[], uuid[], text[], integer[],
  timestamptz[], timestamptz[], text[], text[], text[], integer[], bigint[], text[], text[], integer, boolean) from public;
