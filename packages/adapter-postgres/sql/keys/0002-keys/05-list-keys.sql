-- A page of all keys, by id.
--
-- l_after: only keys after this id, if it is not null. l_limit: the most keys.
create function {{list_keys}}(l_after uuid, l_limit integer)
returns table (key_id uuid, subject text, secret text, encrypted_with text) language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  return query
    select k.id, k.subject, k.secret, k.encrypted_with from {{keys}} k
     where k.id > coalesce(l_after, '00000000-0000-0000-0000-000000000000') order by k.id limit l_limit;
end $eventfold$;

revoke execute on function {{list_keys}} from public;
