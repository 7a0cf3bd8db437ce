import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { queryRows } from "./query-rows.ts";

/** Columns, in their order, and indexes besides that of the primary key, by name. */
export interface TableDescription {
  readonly columns: readonly unknown[];
  readonly primaryKey: readonly unknown[];
  readonly indexes: readonly unknown[];
}

/** A table as drizzle is told of it. */
export function describedTable(table: PgTable): TableDescription {
  const { columns, uniqueConstraints, indexes, primaryKeys } = getTableConfig(table);
  return {
    columns: columns.map((column) => {
      const type = column
        .getSQLType()
        .replace(" (", "(")
        .replace(/^timestamp(\(\d\))? /, "timestamp$1 ");
      const isPrimary = primaryKeys.some((key) => key.columns.includes(column));
      return `${column.name} ${type}${column.notNull || isPrimary ? " not null" : ""}`;
    }),
    primaryKey: [...columns.filter(({ primary }) => primary), ...primaryKeys.flatMap((key) => key.columns)].map(
      ({ name }) => name,
    ),
    indexes: [...uniqueConstraints.map(({ name }) => name), ...indexes.map(({ config }) => config.name)].sort(),
  };
}

/** The same table as the migrations made it. */
export async function storedTable(connectionString: string, table: PgTable): Promise<TableDescription> {
  const { schema, name } = getTableConfig(table);
  const ofTable = (text: string): Promise<unknown[]> => queryRows(connectionString, text, [`${schema}.${name}`]);
  return {
    columns: await ofTable(
      `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
              case when a.attcollation = 'pg_catalog."C"'::regcollation then ' collate "C"' else '' end ||
              case when a.attnotnull then ' not null' else '' end
         from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 order by a.attnum`,
    ),
    primaryKey: await ofTable(
      `select a.attname from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k(attnum, place)
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where i.indrelid = $1::regclass and i.indisprimary and k.place <= i.indnkeyatts order by k.place`,
    ),
    indexes: await ofTable(
      `select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid = $1::regclass and not i.indisprimary order by 1`,
    ),
  };
}
