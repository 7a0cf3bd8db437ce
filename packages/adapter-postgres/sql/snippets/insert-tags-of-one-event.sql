insert into {{event_tags}} (tag, sequence_number, name)
select case when {{is_sendable_tag}}(t.tag) then t.tag else {{refuse}}() end, number, e_name from unnest(e_tags) t(tag);
get diagnostics inserted = row_count;
if inserted < cardinality(e_tags) then
  raise exception 'a trigger or a rule kept tags from being inserted' using errcode = '23000';
end if;
if notify then
  perform pg_notify({{channel_literal}}, '');
end if;
