-- Ends a session, if it is living.
create function {{end_session}}(e_session uuid, notify boolean, lock_timeout_ms integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  delete from {{sessions}} s where s.id = e_session;
  if found then
    perform {{end_sessions}}(array[e_session], notify);
  end if;
end $eventfold$;

revoke execute on function {{end_session}} from public;
