import { readFile, writeFile } from "node:fs/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { logTables } from "@eventfold/adapter-postgres/drizzle";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { beforeAll, describe, expect, it } from "vitest";
import { queried } from "./queried.ts";
import { schemaDump } from "./schema-dump.ts";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
const golden = new URL("./golden/schema.txt", import.meta.url);

beforeAll(async () => {
  await (await PostgresEventStorageAdapter.open({ connectionString })).close();
});

describe("the schema", () => {
  it("is the one that was reviewed", async () => {
    const dump = await schemaDump(connectionString, "eventfold");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  });

  it.each(Object.entries(logTables()))("is what drizzle is told of %s", async (_, table: PgTable) => {
    const config = getTableConfig(table);
    const columns = await queried(
      connectionString,
      `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
              case when a.attcollation = 'pg_catalog."C"'::regcollation then ' collate "C"' else '' end ||
              case when a.attnotnull then ' not null' else '' end
         from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 order by a.attnum`,
      [`${config.schema}.${config.name}`],
    );
    expect(
      config.columns.map((column) => {
        const type = column
          .getSQLType()
          .replace(" (", "(")
          .replace(/^timestamp(\(\d\))? /, "timestamp$1 ");
        return `${column.name} ${type}${column.notNull ? " not null" : ""}`;
      }),
    ).toEqual(columns);
    const indexes = await queried(
      connectionString,
      "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass and not i.indisprimary order by 1",
      [`${config.schema}.${config.name}`],
    );
    const described = [
      ...config.uniqueConstraints.map(({ name }) => name),
      ...config.indexes.map((index) => index.config.name),
    ];
    expect(described.sort()).toEqual(indexes);
  });
});
