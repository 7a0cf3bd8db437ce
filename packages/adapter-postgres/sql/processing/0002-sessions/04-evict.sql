-- Deletes sessions whose counter is still the one that was seen.
--
-- e_sessions, e_beats: the sessions, and their counters as they were seen. Returns the ids of those that it deleted.
--
-- If it meets a beat at a row, one of the two finds nothing to do.
create function {{evict}}(e_sessions uuid[], e_beats bigint[], notify boolean, lock_timeout_ms integer) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  evicted uuid[];
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  with stalled as materialized (
    select s.id from unnest(e_sessions, e_beats) w(id, beat) join {{sessions}} s on s.id = w.id and s.beat = w.beat
     order by s.id for update of s skip locked),
  gone as (delete from {{sessions}} s using stalled w where s.id = w.id returning s.id)
  select array_agg(g.id) into evicted from gone g;
  if evicted is not null then
    perform {{end_sessions}}(evicted, notify);
  end if;
  return query select unnest(evicted);
end $eventfold$;

revoke execute on function {{evict}} from public;
