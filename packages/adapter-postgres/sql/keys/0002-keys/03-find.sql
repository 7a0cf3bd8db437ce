-- Looks up keys.
--
-- f_ids, f_subjects: the keys, and the subjects that they must belong to. Returns a row for each, in their order: when the subject was
-- forgotten in epoch milliseconds, and the key, each null where there is none.
create function {{find}}(f_ids uuid[], f_subjects text[])
returns table (forgotten_ms bigint, key_id uuid, secret text, encrypted_with text) language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $eventfold$
begin
  return query
    select (date_part('epoch', s.forgotten_at) * 1000)::bigint, k.id, k.secret, k.encrypted_with
      from unnest(f_ids, f_subjects) with ordinality f (id, subject, place)
      left join {{keys}} k on k.id = f.id and k.subject = f.subject collate "C"
      left join {{subjects}} s on s.subject = f.subject collate "C"
     order by f.place;
end $eventfold$;

revoke execute on function {{find}} from public;
