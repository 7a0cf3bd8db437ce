-- What queries are translated to. Nothing here depends on the search path, a locale or a setting.

-- The key that a value is sorted and found by, to be compared COLLATE "C": a digit for its type, then the number as hexadecimal
-- digits in the order of doubles, the first 100 characters of the string, or the boolean. Arrays and objects tie with one another;
-- what is missing or null has no key. PL/pgSQL, because it is never inlined, so that indexes match, and is evaluated without an executor.
create function {{sort_key}}(value jsonb) returns text
language plpgsql immutable strict parallel safe cost 100 as $eventfold$
declare
  kind constant text := jsonb_typeof(value);
  exact numeric;
  number float8;
  digits text;
begin
  if kind = 'string' then
    return '1' || left(value #>> '{}', 100);
  elsif kind = 'number' then
    exact := value::numeric;
    -- What no double can hold would raise an error.
    number := case when exact > 1.7976931348623158e308 then float8 'Infinity'
                   when exact < -1.7976931348623158e308 then float8 '-Infinity'
                   when abs(exact) < 2.4703282292062328e-324 then float8 '0'
                   else exact::float8 end;
    digits := encode(float8send(number), 'hex');
    if number < 0 then
      return '0' || translate(digits, '0123456789abcdef', 'fedcba9876543210');
    end if;
    return '0' || translate(left(digits, 1), '01234567', '89abcdef') || substr(digits, 2);
  elsif kind = 'boolean' then
    return case when value::boolean then '21' else '20' end;
  elsif kind = 'null' then
    return null;
  end if;
  return '3';
end $eventfold$;

-- An element of an array. '5'::jsonb -> 0 is 5, so the type is looked at first.
create function {{element}}(value jsonb, index integer) returns jsonb
language plpgsql immutable strict parallel safe cost 5 as $eventfold$
begin
  return case when jsonb_typeof(value) = 'array' then value -> index end;
end $eventfold$;

-- The trigrams of a text as pg_trgm makes them of ASCII. Bytes, because a place in them is found at once.
create function {{trigrams}}(value text) returns bytea[]
language plpgsql immutable strict parallel safe cost 200 as $eventfold$
begin
  return array(
    select distinct substring(padded.bytes from place for 3)
      from regexp_matches(lower(value collate "C"), '[a-z0-9]+', 'g') word(texts),
           -- "offset 0" keeps it from being made anew for each place.
           lateral (select convert_to('  ' || word.texts[1] || ' ', 'UTF8') as bytes offset 0) padded,
           lateral generate_series(1, octet_length(padded.bytes) - 2) place);
end $eventfold$;

-- How alike a string and a text are, from 0 to 1, in single precision as pg_trgm has it; nothing for what is no string.
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
