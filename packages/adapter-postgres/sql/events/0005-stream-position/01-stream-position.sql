-- Where a stream goes on after a sequence number.
--
-- of_category, of_stream: the stream. above_number: the sequence number.
-- Returns the position of the first event of the stream above it; the next free one when there is none.
--
-- Both rise together, so it is found by halving: whoever comes back to a long stream, with a snapshot or as a follower, does not walk
-- through all of it. A page compares positions with what this returns, which the server computes once.
create function {{stream_position}}(of_category text, of_stream text, above_number bigint) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $eventfold$
declare
  low integer := 0;
  high integer;
  middle integer;
  place integer;
  number bigint;
begin
  high := coalesce((select e.position from {{events}} e where e.category = of_category and e.stream = of_stream
                     order by e.position desc limit 1) + 1, 0);
  while low < high loop
    middle := (low::bigint + high) / 2;
    select e.position, e.sequence_number into place, number from {{events}} e
      where e.category = of_category and e.stream = of_stream and e.position >= middle order by e.position limit 1;
    if number <= above_number then
      low := place + 1;
    else
      high := middle;
    end if;
  end loop;
  return low;
end $eventfold$;

revoke execute on function {{stream_position}}(text, text, bigint) from public;
