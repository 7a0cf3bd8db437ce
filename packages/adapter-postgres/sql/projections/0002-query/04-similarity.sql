-- How alike a string and a text are.
--
-- value: any JSON. other: the text.
-- Returns a number from 0 to 1, in single precision as pg_trgm has it; null if value is not a string.
--
-- Every storage gives the same number, to the bit.
create function {{similarity}}(value jsonb, other text) returns jsonb
language plpgsql immutable strict parallel safe cost 500 set extra_float_digits = 1 as $eventfold$
declare
  left_trigrams bytea[];
  right_trigrams constant bytea[] := {{trigrams}}(other);
  shared integer;
begin
  if jsonb_typeof(value) <> 'string' then
    return null;
  end if;
  left_trigrams := {{trigrams}}(value #>> '{}');
  if cardinality(left_trigrams) = 0 or cardinality(right_trigrams) = 0 then
    return '0';
  end if;
  shared := (select count(*) from (select unnest(left_trigrams) intersect select unnest(right_trigrams)) both_have);
  return to_jsonb((shared::float8 / (cardinality(left_trigrams) + cardinality(right_trigrams) - shared))::float4::float8);
end $eventfold$;
