-- Deletes all keys of subjects, and leaves tombstones.
--
-- f_subjects, f_times: the subjects, and when each is forgotten. Returns in their order, in epoch milliseconds, when each was forgotten
-- first.
create function {{forget}}(f_subjects text[], f_times timestamptz[], lock_timeout_ms integer)
returns table (forgotten_ms bigint) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  -- Whoever adds a key waits here, or is waited for, so that the deletion sees every key.
  insert into {{subjects}} as s (subject, forgotten_at)
    select f.subject, f.at from unnest(f_subjects, f_times) f (subject, at) order by f.subject collate "C"
    on conflict (subject) do update set current_key = null, forgotten_at = coalesce(s.forgotten_at, excluded.forgotten_at);
  perform from {{keys}} k where k.subject = any (f_subjects) order by k.id for update;
  delete from {{keys}} k where k.subject = any (f_subjects);
  if exists (select from {{keys}} k where k.subject = any (f_subjects)) then
    raise exception 'a trigger or a rule keeps keys from being deleted' using errcode = '23000';
  end if;
  return query select c.forgotten_ms from {{current}}(f_subjects) c;
end $eventfold$;

revoke execute on function {{forget}} from public;
