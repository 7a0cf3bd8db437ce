-- Makes a version of a name the one that readers see.
--
-- a_name, a_version: the name and its version. lock_timeout_ms: the longest wait for each lock.
-- Returns the version that was active; null when there was none.
--
-- Readers see one version or the other; of two simultaneous activations one comes last and counts.
create function {{activate}}(a_name text, a_version integer, lock_timeout_ms integer) returns integer
language plpgsql as $eventfold$
declare
  previous constant text := current_setting('lock_timeout');
  active integer;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  for tries in 1..100 loop -- no rival is in the way so often
    select v.active_version into active from {{versions}} v where v.name = a_name for no key update;
    if found then
      update {{versions}} v set active_version = a_version where v.name = a_name and v.active_version <> a_version;
      exit;
    end if;
    insert into {{versions}} (name, active_version) values (a_name, a_version) on conflict do nothing;
    exit when found;
    if tries = 100 then
      raise exception 'a trigger or a rule keeps the active version from being stored' using errcode = '23000';
    end if;
  end loop;
  perform set_config('lock_timeout', previous, true);
  return active;
end $eventfold$;
