-- The last step of a transaction: moves checkpoints, removes parked events and parks others, all or nothing.
--
-- m_…: the moves, of distinct partitions. u_…: the parked events to remove, each with the lease on its partition. to_park: an array
-- of those to park, with the lease on their partition too.
-- It fails with EF004, and subscription/partition as the detail, if a partition has another token or checkpoint, or an event is not
-- parked. It is sent in one message with the commit, which does not run after such an error.
create function {{commit_with}}(
  m_subscription integer[], m_partition integer[], m_token bigint[], m_was bigint[], m_number bigint[], m_event uuid[],
  u_subscription integer[], u_partition integer[], u_token bigint[], u_number bigint[], u_hash bigint[],
  to_park jsonb, lock_timeout_ms integer
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $eventfold$
declare
  previous constant text := current_setting('lock_timeout');
  parks constant boolean := to_park <> '[]';
  moved text[];
  written integer;
  lost text;
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  if cardinality(m_partition) > 1 or cardinality(u_partition) > 0 or parks then
    perform from (
        select * from unnest(m_subscription || u_subscription, m_partition || u_partition, m_token || u_token)
        union select * from jsonb_to_recordset(to_park) e(subscription integer, partition integer, token bigint)
      ) w(subscription, partition, token)
      join {{partitions}} p on p.subscription = w.subscription and p.partition = w.partition and p.token = w.token
     order by p.subscription, p.partition for no key update of p;
  end if;
  with changed as (
    update {{partitions}} p set sequence_number = m.number, event_id = m.event
      from unnest(m_subscription, m_partition, m_token, m_was, m_number, m_event) m(subscription, partition, token, was, number, event)
     where p.subscription = m.subscription and p.partition = m.partition and p.token = m.token and p.sequence_number = m.was
    returning format('%s/%s', p.subscription, p.partition) as key)
  select coalesce(array_agg(c.key), '{}') into moved from changed c;
  if cardinality(moved) < cardinality(m_partition) then
    select format('%s/%s', m.subscription, m.partition) into lost
      from unnest(m_subscription, m_partition) m(subscription, partition)
     where format('%s/%s', m.subscription, m.partition) <> all (moved) limit 1;
  elsif cardinality(u_partition) > 0 then
    select format('%s/%s', u.subscription, u.partition) into lost
      from unnest(u_subscription, u_partition, u_token, u_number, u_hash) u(subscription, partition, token, number, hash)
     where not exists (select from {{partitions}} p
                        where p.subscription = u.subscription and p.partition = u.partition and p.token = u.token)
        or not exists (select from {{parked}} x
                        where x.subscription = u.subscription and x.sequence_number = u.number and x.hash = u.hash) limit 1;
    delete from {{parked}} x using unnest(u_subscription, u_number, u_hash) u(subscription, number, hash)
     where x.subscription = u.subscription and x.sequence_number = u.number and x.hash = u.hash;
    get diagnostics written = row_count;
    if lost is null and written < cardinality(u_partition) then
      raise exception 'a trigger or a rule keeps parked events from being removed' using errcode = '23000';
    end if;
  end if;
  if lost is null and parks then
    select format('%s/%s', e.subscription, e.partition) into lost
      from jsonb_to_recordset(to_park) e(subscription integer, partition integer, token bigint)
     where not exists (select from {{partitions}} p
                        where p.subscription = e.subscription and p.partition = e.partition and p.token = e.token) limit 1;
    insert into {{parked}} as x
        (subscription, sequence_number, hash, event_id, category, stream, is_whole_stream, attempts, error, parked_at)
      select e.subscription, e.number, e.hash, e.event, e.category, e.stream, e.whole, e.attempts, e.error, clock_timestamp()
        from jsonb_to_recordset(to_park) e(subscription integer, number bigint, hash bigint, event uuid, category text, stream text,
                                           whole boolean, attempts integer, error text)
      on conflict (subscription, sequence_number, hash) do update set
        is_whole_stream = excluded.is_whole_stream, attempts = excluded.attempts, error = excluded.error;
    get diagnostics written = row_count;
    if written < jsonb_array_length(to_park) then
      raise exception 'a trigger or a rule keeps events from being parked' using errcode = '23000';
    end if;
  end if;
  if lost is not null then
    raise exception 'eventfold: the partition has another owner or another checkpoint, or an event is not parked'
      using errcode = 'EF004', detail = lost;
  end if;
  perform set_config('lock_timeout', previous, true);
end $eventfold$;

revoke execute on function {{commit_with}} from public;
