-- Whether an event is one of those that a page of a query is to show.
--
-- e: the event. of_category: its category; null for the log, which leaves out the library's own categories. i_tags: the tags that it has
-- to have; null for none. i_names: one of which is its name; null for any. occurred, observed: when; null for any time.
--
-- One immutable expression, which the planner inlines.
create function {{is_wanted}}(
  e {{events}}, of_category text, i_tags text[], i_names text[], occurred tstzrange, observed tstzrange
) returns boolean language sql immutable as $eventfold$
  select case when of_category is null then e.category < '$' or e.category >= '%' else e.category = of_category end
     and (i_tags is null or e.tags @> i_tags) and (i_names is null or e.name = any (i_names))
     and (occurred is null or e.occurred_at <@ occurred) and (observed is null or e.observed_at <@ observed)
$eventfold$;

revoke execute on function {{is_wanted}}({{events}}, text, text[], text[], tstzrange, tstzrange) from public;
