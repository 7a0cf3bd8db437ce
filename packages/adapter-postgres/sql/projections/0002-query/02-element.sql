-- An element of an array.
--
-- value: any JSON. index: its place, from 0, or from the end below 0.
-- Returns the element; null if value is not an array or has no such element.
--
-- '5'::jsonb -> 0 is 5, so the type is checked first.
create function {{element}}(value jsonb, index integer) returns jsonb
language plpgsql immutable strict parallel safe cost 5 as $eventfold$
begin
  return case when jsonb_typeof(value) = 'array' then value -> index end;
end $eventfold$;
