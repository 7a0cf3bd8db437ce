-- A page of all tombstones, by subject.
--
-- l_after: only subjects after this one, if it is not null. l_limit: the most tombstones.
create function {{list_tombstones}}(l_after text, l_limit integer)
returns table (subject text, forgotten_ms bigint) language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off as $eventfold$
begin
  return query
    select s.subject, (date_part('epoch', s.forgotten_at) * 1000)::bigint from {{subjects}} s
     where s.subject > coalesce(l_after, '') collate "C" and s.forgotten_at is not null order by s.subject limit l_limit;
end $eventfold$;

revoke execute on function {{list_tombstones}} from public;
