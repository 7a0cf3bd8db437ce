-- Stores keys, each as the current one of its subject.
--
-- a_…: one key in each place, and the id of the key that it replaces, null for a first key. Each subject is there once.
-- Returns the states of the subjects after that, as the function current does.
create function {{add}}(
  a_ids uuid[], a_subjects text[], a_secrets text[], a_encrypted_with text[], a_replaces uuid[], lock_timeout_ms integer
)
returns table (forgotten_ms bigint, current_key uuid, key_id uuid, secret text, encrypted_with text) language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $eventfold$
#variable_conflict use_column
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  -- The update changes nothing. It waits for a rival, and then holds the row against whoever forgets the subject.
  insert into {{subjects}} as s (subject, current_key)
    select a.subject, a.id from unnest(a_ids, a_subjects, a_replaces) a (id, subject, replaces)
     where a.replaces is null order by a.subject collate "C"
    on conflict (subject) do update set current_key = s.current_key;
  perform from {{subjects}} s where s.subject = any (a_subjects) order by s.subject for update;
  update {{subjects}} s set current_key = a.id
    from unnest(a_ids, a_subjects, a_replaces) a (id, subject, replaces)
   where s.subject = a.subject collate "C" and s.current_key = a.replaces;
  -- A repeated call finds its key stored already.
  insert into {{keys}} (id, subject, secret, encrypted_with)
    select a.id, a.subject, a.secret, a.encrypted_with
      from unnest(a_ids, a_subjects, a_secrets, a_encrypted_with) a (id, subject, secret, encrypted_with)
      join {{subjects}} s on s.subject = a.subject collate "C" and s.current_key = a.id
    on conflict (id) do nothing;
  if exists (
    select from unnest(a_ids, a_subjects, a_replaces) a (id, subject, replaces)
      left join {{subjects}} s on s.subject = a.subject collate "C"
     where (a.replaces is null and s.subject is null) or s.current_key = a.replaces
        or (s.current_key = a.id and not exists (select from {{keys}} k where k.id = a.id))
  ) then
    raise exception 'a trigger or a rule keeps keys from being stored' using errcode = '23000';
  end if;
  return query select * from {{current}}(a_subjects);
end $eventfold$;

revoke execute on function {{add}} from public;
