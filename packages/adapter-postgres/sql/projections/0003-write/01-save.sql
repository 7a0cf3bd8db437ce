-- Saves projections, all or none.
--
-- v_…: each name once, with the version to activate if the name has no active one. w_…: the projections.
-- w_expected: the last_sequence_number that must be stored, -1 if no projection may be stored, but a removed
-- one that has read less, null for no expectation; null instead of the array if there are no expectations. c_…: if c_name is given, c_up_to
-- replaces the number up to which its projections are complete, if that is c_seen; no number counts as 0.
-- lock_timeout_ms: the longest wait for each lock.
-- Returns no rows if all were saved. Otherwise nothing was saved, and it returns the writes (from 0) whose
-- expectation did not hold, with the stored number; or -1 with the number up to which the projections are
-- complete, if that was not c_seen.
--
-- One call judges and saves, under the locks of the rows.
create function {{save}}(
  v_name text[], v_version integer[],
  w_name text[], w_version integer[], w_id text[], w_source text[], w_state text[], w_metadata text[], w_last text[],
  w_position text[], w_removed boolean[], w_expected text[],
  c_name text, c_version integer, c_category text, c_seen bigint, c_up_to bigint, lock_timeout_ms integer
) returns table (write integer, stored bigint)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $eventfold$
#variable_conflict use_column
declare
  previous constant text := current_setting('lock_timeout');
  absent constant integer := (select count(*) from unnest(w_expected) e where e = '-1');
  touched integer;
  tries integer := 0;
  conflicts integer[];
  found_numbers bigint[];
begin
  perform set_config('lock_timeout', lock_timeout_ms::text, true);
  loop
    begin
      insert into {{versions}} as v (name, active_version)
        select w.name, w.version from unnest(v_name, v_version) w(name, version) order by w.name
        on conflict (name) do nothing;
      perform from {{versions}} v where v.name = any (v_name) order by v.name for key share;
      get diagnostics touched = row_count;
      if touched < cardinality(v_name) then
        raise exception using errcode = 'EF001'; -- forgotten in between
      end if;

      if w_expected is not null then
        -- Lateral joins, which the planner cannot reverse: with a plan from when the table was small, each save of a thousand went
        -- through all rows for each of its own, which took 60 seconds with 25,000 stored. Rows are locked in the order of the outer side.
        perform from (select * from unnest(w_name, w_version, w_id) w(name, version, id)
                       order by w.name collate "C", w.version, w.id collate "C") w,
          lateral (select from {{projections}} p
                    where p.name = w.name and p.projector_version = w.version and p.id = w.id for update of p) stored;
        select array_agg(w.place::integer - 1 order by w.place), array_agg(p.last_sequence_number order by w.place)
          into conflicts, found_numbers
          from unnest(w_name, w_version, w_id, w_last, w_expected) with ordinality w(name, version, id, last, expected, place)
          left join lateral (select p.last_sequence_number, p.is_removed from {{projections}} p
                              where p.name = w.name and p.projector_version = w.version and p.id = w.id limit 1) p on true
          where w.expected::bigint <> coalesce(p.last_sequence_number, -1)
            and not (w.expected = '-1' and p.is_removed and p.last_sequence_number < w.last::bigint);
        if conflicts is not null then
          raise exception using errcode = 'EF002';
        end if;

        insert into {{projections}} as p
            (name, projector_version, id, source, state, state_text, metadata, metadata_text, last_sequence_number,
             last_position, is_removed)
          select w.name, w.version, w.id, w.source::jsonb, w.state::jsonb, w.state,
                 w.metadata::jsonb, w.metadata, w.last::bigint, w.position::bigint, w.removed
            from unnest(w_name, w_version, w_id, w_source, w_state, w_metadata, w_last, w_position, w_removed, w_expected)
              w(name, version, id, source, state, metadata, last, position, removed, expected)
           where w.expected = '-1' order by w.name collate "C", w.version, w.id collate "C"
          on conflict (name, projector_version, id) do update set
            source = excluded.source, state = excluded.state, state_text = excluded.state_text,
            metadata = excluded.metadata, metadata_text = excluded.metadata_text,
            last_sequence_number = excluded.last_sequence_number, last_position = excluded.last_position,
            is_removed = excluded.is_removed
          where p.is_removed and p.last_sequence_number < excluded.last_sequence_number;
        get diagnostics touched = row_count;
        if touched < absent then
          raise exception using errcode = 'EF001'; -- saved by another one in between
        end if;
      end if;

      -- One statement inserts and replaces in the order of the keys, so saves without expectations cannot deadlock.
      insert into {{projections}}
          (name, projector_version, id, source, state, state_text, metadata, metadata_text, last_sequence_number,
             last_position, is_removed)
        select w.name, w.version, w.id, w.source::jsonb, w.state::jsonb, w.state,
               w.metadata::jsonb, w.metadata, w.last::bigint, w.position::bigint, w.removed
          from unnest(w_name, w_version, w_id, w_source, w_state, w_metadata, w_last, w_position, w_removed, w_expected)
            w(name, version, id, source, state, metadata, last, position, removed, expected)
         where w.expected is distinct from '-1' order by w.name collate "C", w.version, w.id collate "C"
        on conflict (name, projector_version, id) do update set
          source = excluded.source, state = excluded.state, state_text = excluded.state_text,
          metadata = excluded.metadata, metadata_text = excluded.metadata_text,
          last_sequence_number = excluded.last_sequence_number, last_position = excluded.last_position,
          is_removed = excluded.is_removed;
      get diagnostics touched = row_count;
      if touched < cardinality(w_name) - absent then
        raise exception 'a trigger or a rule kept projections from being stored' using errcode = '23000';
      end if;

      -- Every save does this last, after the rows, so none deadlock.
      if c_name is not null then
        if c_seen = 0 then
          insert into {{completeness}} as c (name, projector_version, category, complete_up_to)
            values (c_name, c_version, c_category, c_up_to)
            on conflict (name, projector_version, category) do update set complete_up_to = excluded.complete_up_to
            where c.complete_up_to = 0;
        else
          update {{completeness}} c set complete_up_to = c_up_to
            where c.name = c_name and c.projector_version = c_version and c.category = c_category and c.complete_up_to = c_seen;
        end if;
        get diagnostics touched = row_count;
        if touched = 0 then
          raise exception using errcode = 'EF003';
        end if;
      elsif exists (select from {{completeness}} c where c.name = any (v_name)) then
        -- A projection that is saved without the number may have read less than the one that it replaces.
        update {{completeness}} c set complete_up_to = w.last
          from (select w.name, w.version, min(w.last::bigint) as last
                  from unnest(w_name, w_version, w_last) w(name, version, last) group by w.name, w.version) w
          where c.name = w.name and c.projector_version = w.version and c.complete_up_to > w.last;
      end if;
      exit;
    exception
      when sqlstate 'EF001' then
        tries := tries + 1;
        if tries = 100 then -- no rival is in the way so often
          raise exception 'a trigger or a rule keeps projections from being stored' using errcode = '23000';
        end if;
      when sqlstate 'EF002' then
        exit;
      when sqlstate 'EF003' then
        conflicts := '{-1}';
        found_numbers := array[coalesce((select c.complete_up_to from {{completeness}} c
          where c.name = c_name and c.projector_version = c_version and c.category = c_category), 0)];
        exit;
    end;
  end loop;
  perform set_config('lock_timeout', previous, true);
  return query select * from unnest(conflicts, found_numbers);
end $eventfold$;
