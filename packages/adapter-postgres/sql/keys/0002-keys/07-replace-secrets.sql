-- Replaces the secrets of keys that still have the secret that was read.
--
-- r_…: in each place a key, its subject, the secret that was read, and what is to be stored instead.
create function {{replace_secrets}}(
  r_ids uuid[], r_subjects text[], r_was text[], r_secrets text[], r_encrypted_with text[], lock_timeout_ms integer
) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  perform from {{keys}} k where k.id = any (r_ids) order by k.id for update;
  update {{keys}} k set secret = r.secret, encrypted_with = r.encrypted_with
    from unnest(r_ids, r_subjects, r_was, r_secrets, r_encrypted_with) r (id, subject, was, secret, encrypted_with)
   where k.id = r.id and k.subject = r.subject collate "C" and k.secret = r.was;
end $eventfold$;

revoke execute on function {{replace_secrets}} from public;
