-- The states of subjects.
--
-- c_subjects: the subjects. Returns a row for each, in their order: when it was forgotten in epoch milliseconds, the id of its current key,
-- and that key, each null where there is none. An id without a key means that somebody has deleted the key by hand.
create function {{current}}(c_subjects text[])
returns table (forgotten_ms bigint, current_key uuid, key_id uuid, secret text, encrypted_with text) language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $eventfold$
begin
  return query
    select (date_part('epoch', s.forgotten_at) * 1000)::bigint, s.current_key, k.id, k.secret, k.encrypted_with
      from unnest(c_subjects) with ordinality c (subject, place)
      left join {{subjects}} s on s.subject = c.subject collate "C"
      left join {{keys}} k on k.id = s.current_key
     order by c.place;
end $eventfold$;

revoke execute on function {{current}} from public;
