import { queryRows } from "./query-rows.ts";

/** Everything in a schema as text, from the catalogue: the same on every version of the server. */
export async function schemaDump(connectionString: string, schema: string): Promise<string> {
  const parts = [
    `select 'table ' || c.relname || E'\n' || string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
            case when a.attcollation = 'pg_catalog."C"'::regcollation then ' collate "C"' else '' end ||
            case when a.attnotnull then ' not null' else '' end || case a.attidentity when 'a' then ' generated always as identity' else '' end ||
            coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), E'\n' order by a.attnum)
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relkind = 'r' and c.relnamespace = $1::regnamespace group by c.relname order by c.relname`,
    `select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = $1::regnamespace and contype <> 'n' order by conname`,
    "select indexdef from pg_indexes where schemaname = $1 order by indexname",
    "select 'sequence ' || sequencename || ' cache ' || cache_size from pg_sequences where schemaname = $1 order by 1",
    `select pg_get_functiondef(oid) || coalesce(E'\nacl ' || array_to_string(proacl, ' '), '') from pg_proc
      where pronamespace = $1::regnamespace order by proname`,
  ];
  const texts: unknown[] = [];
  for (const part of parts) texts.push(...(await queryRows(connectionString, part, [schema])));
  return `${texts.join("\n\n").replace(/[ \t]+$/gm, "")}\n`;
}
