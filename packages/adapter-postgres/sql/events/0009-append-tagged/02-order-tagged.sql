-- Takes the locks that give the log its order, as order does, and those that keep a condition true until the transaction ends.
--
-- w_category, w_stream: what will be written, one entry per write. e_tags: the tags of each event, and c_tags: of each item of a condition,
-- as the text of an array; null for none. lock_timeout_ms: the longest wait for each lock.
-- Returns nothing. Fails with 55P03 when a lock does not come in time.
--
-- Under "log" the one lock is enough. Else writers run in parallel, and tags have 256 stripes of their own: (OID of the table of tags,
-- stripe). What an event has is taken shared, and what an item asks for exclusively: one of its tags is enough, since an event that
-- matches has them all. An item without tags may match any event, and takes every stripe of the order instead. Everybody
-- takes first the stripes of the order, then those of tags, each in rising order and once, in the stronger mode, so there is no
-- deadlock. Only then does order name this backend as a writer in flight: whoever waits for writers never waits for one that is
-- itself waiting for a lock.
create function {{order_tagged}}(w_category text[], w_stream text[], e_tags text[], c_tags text[], lock_timeout_ms integer) returns void
language plpgsql as $eventfold$
declare
  log constant integer := {{events_literal}}::regclass::oid::integer;
  tags constant integer := {{event_tags_literal}}::regclass::oid::integer;
  previous constant text := current_setting('lock_timeout');
  needed record;
begin
  if {{ordering_guarantee}} <> 'log' then
    for needed in
      select l.space, l.key, bool_or(l.is_exclusive) as is_exclusive
        from (select log, (get_byte(sha256(convert_to(
                       case when {{ordering_guarantee}} = 'category' then w.category else w.category || E'\x1f' || w.stream end,
                       'UTF8')), 0) & 63) * 2 + 1, true
                from unnest(w_category, w_stream) w(category, stream)
              union all
              select log, stripe * 2 + 1, true from generate_series(0, 63) stripe where array_position(c_tags, null) is not null
              union all
              select tags, get_byte(sha256(convert_to(t.tag, 'UTF8')), 0), t.is_exclusive
                from (select c.tags[cardinality(c.tags)], true
                        from (select item::text[] from unnest(c_tags) item) c(tags) where c.tags is not null
                      union all
                      select unnest(e::text[]), false from unnest(e_tags) e) t(tag, is_exclusive)) l(space, key, is_exclusive)
       group by l.space, l.key
       order by l.space = tags, l.key
    loop
      if not (case when needed.is_exclusive then pg_try_advisory_xact_lock(needed.space, needed.key)
                   else pg_try_advisory_xact_lock_shared(needed.space, needed.key) end) then
        perform set_config('lock_timeout', lock_timeout_ms::text, true);
        if needed.is_exclusive then
          perform pg_advisory_xact_lock(needed.space, needed.key);
        else
          perform pg_advisory_xact_lock_shared(needed.space, needed.key);
        end if;
        perform set_config('lock_timeout', previous, true);
      end if;
    end loop;
  end if;
  perform {{order}}(w_category, w_stream, lock_timeout_ms);
end $eventfold$;

revoke execute on function {{order_tagged}}(text[], text[], text[], text[], integer) from public;
