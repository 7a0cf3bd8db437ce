-- Refuses what no client sends.
--
-- Returns never: it fails with 22023. Of type text, so that it can take the place of a name.
create function {{refuse}}() returns text language plpgsql as $eventfold$
begin
  raise exception 'eventfold: a name, version, time or place that no client sends' using errcode = '22023';
end $eventfold$;

revoke execute on function {{refuse}}() from public;
