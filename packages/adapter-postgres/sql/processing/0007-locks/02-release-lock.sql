-- Releases a lock, if its holder still has it.
create function {{release_lock}}(l_name text, l_holder uuid, notify boolean, lock_timeout_ms integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  delete from {{locks}} l where l.name = l_name and l.holder = l_holder;
  if found and notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{release_lock}} from public;
