-- The position from which a stream continues after a sequence number.
--
-- of_category, of_stream: the stream. above_number: the sequence number.
-- Returns the position of the stream's first event above that number, or the next free position if there is
-- none.
--
-- Positions and numbers rise together, so a binary search finds it: a reader that returns to a long stream,
-- with a snapshot or as a follower, does not read all of it. The server computes the result once for a page,
-- which compares positions with it.
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
