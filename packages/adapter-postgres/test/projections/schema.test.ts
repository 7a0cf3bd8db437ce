import { readFile, writeFile } from "node:fs/promises";
import { projectionTables } from "@eventfold/adapter-postgres/drizzle";
import { PostgresProjectionStorageAdapter, projectionGrants } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { filter } from "@eventfold/query";
import type { PgTable } from "drizzle-orm/pg-core";
import { Client, escapeIdentifier } from "pg";
import { describe, expect, it } from "vitest";
import { describedTable, storedTable } from "../described-table.ts";
import { schemaDump } from "../schema-dump.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const golden = new URL("../golden/projections.txt", import.meta.url);

describe("the schema of projections", () => {
  it("is the one that was reviewed", async () => {
    const indexes = [{ projection: "account", path: "state.owner.city" }];
    await (await PostgresProjectionStorageAdapter.open({ connectionString, schema: "views", indexes })).close();
    const dump = await schemaDump(connectionString, "views");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  });

  it("agrees with the drizzle tables", async () => {
    await (
      await PostgresProjectionStorageAdapter.open({ connectionString, schema: "told", projectionsTable: "v" })
    ).close();
    const tables: Record<string, PgTable> = projectionTables({ schema: "told", projectionsTable: "v" });
    expect(Object.keys(tables)).toEqual(["projections", "versions", "completeness", "migrations"]);
    for (const table of Object.values(tables)) {
      expect(describedTable(table)).toEqual(await storedTable(connectionString, table));
    }
  });

  it("is for a role that was granted no more than it needs", async () => {
    const owner = new Client({ connectionString });
    await owner.connect();
    const location = { schema: "granted", projectionsTable: "views" };
    await (await PostgresProjectionStorageAdapter.open({ connectionString, ...location })).close();
    const role = `reader of "${Math.random()}"`; // Roles are shared by all databases of the server.
    await owner.query(`create role ${escapeIdentifier(role)} login password 'p'`);
    try {
      for (const grant of projectionGrants({ role, ...location })) await owner.query(grant);
      const asRole = new URL(connectionString);
      [asRole.username, asRole.password] = [encodeURIComponent(role), "p"];
      const adapter = await PostgresProjectionStorageAdapter.open({ connectionString: asRole.href, ...location });
      const store = new ProjectionStore({ adapter });
      const source = { kind: "stream", category: "c", stream: "s" } as const;
      const projection = {
        id: "s",
        name: "n",
        source,
        state: { n: 1.5 },
        metadata: null,
        lastSequenceNumber: 1,
        projectorVersion: 1,
      };
      await store.save(projection);
      await store.save({ ...projection, state: { n: 2 } }, { unchangedSince: projection });
      const { items } = await store.search({ filters: [filter("state.n" as never, "equal", 2 as never)] });
      expect(items).toHaveLength(1);
      expect(await store.activate({ name: "n", projectorVersion: 1 })).toBe(1);
      expect(await store.clear("n")).toBe(1);
      await adapter.close();
      const { rows } = await owner.query(
        `select count(*)::int from information_schema.role_table_grants where grantee = $1 and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')`,
        [role],
      );
      expect(rows).toEqual([{ count: 0 }]);
    } finally {
      await owner.query(`drop owned by ${escapeIdentifier(role)}`);
      await owner.query(`drop role ${escapeIdentifier(role)}`);
      await owner.end();
    }
  });
});
