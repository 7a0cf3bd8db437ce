-- Parks an event, and moves the checkpoint to it if p_was is given.
--
-- p_…: the lease and the event. p_was: the number that must be stored, or null to leave the checkpoint as it is.
-- Returns parked, lost or elsewhere, the last with the checkpoint that is stored.
create function {{park}}(
  p_subscription integer, p_partition integer, p_token bigint,
  p_number bigint, p_hash bigint, p_event uuid, p_category text, p_stream text, p_is_whole_stream boolean, p_attempts integer, p_error text,
  p_was bigint, lock_timeout_ms integer, out kind text, out stored bigint, out stored_event uuid
) language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  select p.sequence_number, p.event_id into stored, stored_event from {{partitions}} p
   where p.subscription = p_subscription and p.partition = p_partition and p.token = p_token for no key update;
  if not found then
    kind := 'lost';
    return;
  end if;
  if stored = p_was then
    update {{partitions}} p set sequence_number = p_number, event_id = p_event
     where p.subscription = p_subscription and p.partition = p_partition;
  elsif p_was is not null and (stored, stored_event) is distinct from (p_number, p_event) then
    kind := 'elsewhere';
    return;
  end if;
  insert into {{parked}} as x
      (subscription, sequence_number, hash, event_id, category, stream, is_whole_stream, attempts, error, parked_at)
    values (p_subscription, p_number, p_hash, p_event, p_category, p_stream, p_is_whole_stream, p_attempts, p_error, clock_timestamp())
    on conflict (subscription, sequence_number, hash) do update set
      is_whole_stream = excluded.is_whole_stream, attempts = excluded.attempts, error = excluded.error;
  if not found then
    raise exception 'a trigger or a rule keeps events from being parked' using errcode = '23000';
  end if;
  kind := 'parked';
end $eventfold$;

revoke execute on function {{park}} from public;
