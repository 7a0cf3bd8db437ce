-- For the functions that end sessions: deletes the locks of these sessions, and notifies listeners.
create function {{end_sessions}}(e_sessions uuid[], notify boolean) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $eventfold$
begin
  delete from {{locks}} l where l.session = any (e_sessions);
  if notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{end_sessions}} from public;
