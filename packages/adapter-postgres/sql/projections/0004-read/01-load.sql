-- Reads many projections of one name and version.
--
-- p_name, p_version: the name and the version; p_ids: the ids, each once.
-- Returns those that are stored, removed ones too, in any order, as the calling statement sees them.
--
-- A function, for its settings: a prepared statement keeps a plan made while the table was small, and later
-- goes through all rows for each id. With a plan made for 10 rows, reading 1,000 of 30,000 took 4,565 ms;
-- here it takes 68 ms.
create function {{load}}(p_name text, p_version integer, p_ids text[]) returns table (
  name text, projector_version integer, id text, source jsonb, state_text text, metadata_text text, last_sequence_number bigint,
  last_position bigint, is_removed boolean
)
language plpgsql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $eventfold$
#variable_conflict use_column
begin
  return query
    select p.name, p.projector_version, p.id, p.source, p.state_text, p.metadata_text, p.last_sequence_number,
           p.last_position, p.is_removed
      from unnest(p_ids) w(id)
      cross join lateral (select * from {{projections}} p
                           where p.name = p_name and p.projector_version = p_version and p.id = w.id limit 1) p;
end $eventfold$;
