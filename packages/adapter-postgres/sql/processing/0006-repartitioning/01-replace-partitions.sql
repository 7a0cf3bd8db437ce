-- Replaces the partitions of a subscription, whose row is locked, by as many as its repartition asks for, if all are free at the fence and
-- without requests. It is for the functions after which that may be so for the first time. Returns whether it did.
--
-- It looks at the partitions before it locks them, so that it does not wait for owners that still work as long as one has not arrived.
create function {{replace_partitions}}(r_subscription integer) returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
declare
  up_to bigint;
  many integer;
  next_token bigint;
  last_event uuid;
  is_any_paused boolean;
  paused_error text;
begin
  select s.fence, s.repartition_partitions into up_to, many from {{subscriptions}} s where s.id = r_subscription;
  for looks in 1..2 loop
    if exists (
      select from {{partitions}} p
       where p.subscription = r_subscription
         and (p.sequence_number <> up_to or p.requests <> '[]' or exists (select from {{sessions}} s where s.id = p.owner))
    ) then
      return false;
    end if;
    if looks = 1 then
      perform from {{partitions}} p where p.subscription = r_subscription order by p.partition for update;
    end if;
  end loop;
  select max(p.token) + 1 into next_token from {{partitions}} p where p.subscription = r_subscription;
  select p.event_id into last_event from {{partitions}} p
   where p.subscription = r_subscription and p.event_id is not null order by p.partition limit 1;
  select p.error into paused_error from {{partitions}} p
   where p.subscription = r_subscription and p.is_paused order by p.partition limit 1;
  is_any_paused := found;
  delete from {{partitions}} p where p.subscription = r_subscription;
  insert into {{partitions}} (subscription, partition, sequence_number, event_id, token, is_paused, error, requests, carried_out)
    select r_subscription, n, up_to, last_event, next_token, is_any_paused, paused_error, '[]', '{}' from generate_series(0, many - 1) n;
  update {{subscriptions}} s set
      partitions = many, last_repartition = s.repartition_id, repartition_id = null, repartition_partitions = null, fence = null
   where s.id = r_subscription;
  return true;
end $eventfold$;

revoke execute on function {{replace_partitions}} from public;
