-- Takes a lock, unless a holder has it whose session is living.
--
-- l_…: the lock, the session on whose life it depends, and the holder that wants it.
-- Returns taken, held or ended, the former two with the session and the token of the holder.
--
-- A token is taken from the sequence under the lock of the row. If it were taken before, it could be below the token of a holder in between.
create function {{try_lock}}(
  l_name text, l_session uuid, l_holder uuid, lock_timeout_ms integer, out kind text, out held_by uuid, out held_token bigint
) language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  holding uuid;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from {{sessions}} s where s.id = l_session for key share;
  if not found then
    kind := 'ended';
    return;
  end if;
  for tries in 1..100 loop -- no rival is in the way so often
    select l.session, l.holder, l.token into held_by, holding, held_token from {{locks}} l where l.name = l_name for update;
    if found then
      kind := case when holding = l_holder then 'taken' else 'held' end;
      if not exists (select from {{sessions}} s where s.id = held_by) then
        kind := 'taken';
        held_by := l_session;
        held_token := nextval({{lock_tokens_literal}});
        update {{locks}} l set session = l_session, holder = l_holder, token = held_token where l.name = l_name;
      end if;
      return;
    end if;
    -- Of a session that never was: the next turn takes it over, under the lock of its row.
    insert into {{locks}} (name, session, holder, token)
      values (l_name, '00000000-0000-0000-0000-000000000000', l_holder, 0) on conflict do nothing;
  end loop;
  raise exception 'a trigger or a rule keeps locks from being stored' using errcode = '23000';
end $eventfold$;

revoke execute on function {{try_lock}} from public;
