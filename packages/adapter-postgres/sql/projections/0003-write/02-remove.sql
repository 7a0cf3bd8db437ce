-- Deletes one projection, or all of a name.
--
-- d_name: the name. d_version: its version; null for all. d_id: the projection; null for all. lock_timeout_ms: the longest wait for
-- each lock.
-- Returns how many were deleted that no event had removed before.
--
-- Rows are deleted from several tables together, in the order in which writers lock them.
create function {{remove}}(d_name text, d_version integer, d_id text, lock_timeout_ms integer) returns bigint
language plpgsql set enable_seqscan = off set jit = off as $eventfold$
declare
  previous constant text := current_setting('lock_timeout');
  versions integer[] := array[d_version];
  deleted bigint;
  shown bigint;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  if d_id is not null then
    -- Leaps from each version of the name to the next one, instead of looking at all of its rows for the id.
    if d_version is null then
      versions := array(
        with recursive found(version) as (
          (select p.projector_version from {{projections}} p where p.name = d_name order by p.projector_version limit 1)
          union all
          select (select p.projector_version from {{projections}} p
                   where p.name = d_name and p.projector_version > found.version order by p.projector_version limit 1)
            from found where found.version is not null)
        select version from found where version is not null);
    end if;
    with gone as (
      delete from {{projections}} p
        where p.name = d_name and p.projector_version = any (versions) and p.id = d_id returning p.is_removed)
      select count(*), count(*) filter (where not gone.is_removed) into deleted, shown from gone;
  else
    if d_version is null then
      delete from {{versions}} v where v.name = d_name;
    end if;
    perform from {{projections}} p
      where p.name = d_name and p.projector_version = coalesce(d_version, p.projector_version)
      order by p.name, p.projector_version, p.id for update;
    with gone as (
      delete from {{projections}} p
        where p.name = d_name and p.projector_version = coalesce(d_version, p.projector_version) returning p.is_removed)
      select count(*), count(*) filter (where not gone.is_removed) into deleted, shown from gone;
  end if;
  if deleted > 0 or d_id is null then
    delete from {{completeness}} c where c.name = d_name and c.projector_version = coalesce(d_version, c.projector_version);
  end if;
  perform set_config('lock_timeout', previous, true);
  return shown;
end $eventfold$;
