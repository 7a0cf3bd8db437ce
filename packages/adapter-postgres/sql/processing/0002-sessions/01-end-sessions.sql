-- What follows from the end of sessions, for the functions that end them: their locks go, and listeners are told.
create function {{end_sessions}}(e_sessions uuid[], notify boolean) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $eventfold$
begin
  delete from {{locks}} l where l.session = any (e_sessions);
  if notify then
    perform pg_notify({{channel_literal}}, '');
  end if;
end $eventfold$;

revoke execute on function {{end_sessions}} from public;
