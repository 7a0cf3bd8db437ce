-- Begins a session, which replaces the living one of the same name.
--
-- b_…: the session. Returns the session that it replaced, with its beat; nulls if there was none.
--
-- If several begin at once, each waits for the one before at the index of names, and then replaces it.
create function {{begin_session}}(
  b_id uuid, b_name text, b_lease_ms bigint, notify boolean, lock_timeout_ms integer, out replaced uuid, out replaced_beat bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  for tries in 1..100 loop -- no rival is in the way so often
    if exists (select from {{sessions}} s where s.id = b_id) then
      return;
    end if;
    delete from {{sessions}} s where s.name = b_name returning s.id, s.beat into replaced, replaced_beat;
    if found then
      perform {{end_sessions}}(array[replaced], notify);
    end if;
    insert into {{sessions}} (id, name, beat, lease_ms, subscriptions, beat_at)
      values (b_id, b_name, 0, b_lease_ms, '{}', clock_timestamp()) on conflict do nothing;
    if found then
      return;
    end if;
  end loop;
  raise exception 'a trigger or a rule keeps sessions from being stored' using errcode = '23000';
end $eventfold$;

revoke execute on function {{begin_session}} from public;
