-- The key that a value is sorted and found by, to be compared COLLATE "C".
--
-- value: any JSON.
-- Returns a digit for its type, then the number as hexadecimal digits in the order of doubles, the first 100
-- characters of the string, or the boolean. Arrays and objects tie with one another; a missing value and null
-- have no key.
--
-- PL/pgSQL, because it is never inlined, so that indexes match, and is evaluated without an executor.
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
    -- A number that no double can hold would raise an error.
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
