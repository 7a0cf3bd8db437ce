import { readFile, writeFile } from "node:fs/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { logTables } from "@eventfold/adapter-postgres/drizzle";
import type { PgTable } from "drizzle-orm/pg-core";
import { beforeAll, describe, expect, it } from "vitest";
import { describedTable, storedTable } from "./described-table.ts";
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

  it.each(Object.entries(logTables()))("agrees with the drizzle table %s", async (_, table: PgTable) => {
    expect(describedTable(table)).toEqual(await storedTable(connectionString, table));
  });
});
