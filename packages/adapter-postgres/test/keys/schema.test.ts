import { readFile, writeFile } from "node:fs/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { keyTables } from "@eventfold/adapter-postgres/drizzle";
import { keyGrants, PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import type { PgTable } from "drizzle-orm/pg-core";
import { Client, escapeIdentifier } from "pg";
import { describe, expect, it } from "vitest";
import { describedTable, storedTable } from "../described-table.ts";
import { queryRows } from "../query-rows.ts";
import { schemaDump } from "../schema-dump.ts";
import { testServer } from "../test-server.ts";
import { everyCall } from "./every-call.ts";

const { connectionString } = await testServer();
const golden = new URL("../golden/keys.txt", import.meta.url);

describe("the schema of keys", () => {
  it("is the one that was reviewed", async () => {
    await (await PostgresKeyStorageAdapter.open({ connectionString, schema: "vault" })).close();
    const dump = await schemaDump(connectionString, "vault");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  });

  it("agrees with the drizzle tables", async () => {
    const location = { schema: "told", keyPrefix: "k" };
    await (await PostgresKeyStorageAdapter.open({ connectionString, ...location })).close();
    const tables: Record<string, PgTable> = keyTables(location);
    expect(Object.keys(tables)).toEqual(["subjects", "keys", "migrations"]);
    for (const table of Object.values(tables)) {
      expect(describedTable(table)).toEqual(await storedTable(connectionString, table));
    }
  });

  it("may have any name, the longest too", async () => {
    const location = { schema: "it's \"a\" $1 \\ 'schema'", keyPrefix: `it's "a" \\ $1 ${"ü".repeat(12)}` };
    const adapter = await PostgresKeyStorageAdapter.open({ connectionString, ...location });
    for (const call of everyCall(adapter.storage)) await call();
    await adapter.close();
    const longest = { schema: "long", keyPrefix: "p".repeat(40) };
    await (await PostgresKeyStorageAdapter.open({ connectionString, ...longest })).close();
    const names = await queryRows(
      connectionString,
      "select relname from pg_class where relnamespace = 'long'::regnamespace",
    );
    expect(names).toContain(`${"p".repeat(40)}_keys_subject_index`);
    expect(() => keyTables({ keyPrefix: "p".repeat(41) })).toThrow(RangeError);
  });

  it("is for a role that was granted no more than it needs, and cannot read all keys", async () => {
    const owner = new Client({ connectionString });
    await owner.connect();
    const location = { schema: "granted", keyPrefix: "k" };
    await (await PostgresKeyStorageAdapter.open({ connectionString, ...location })).close();
    const role = `reader of "${Math.random()}"`; // Roles are shared by all databases of the server.
    await owner.query(`create role ${escapeIdentifier(role)} login password 'p'`);
    try {
      for (const grant of keyGrants({ role, ...location })) await owner.query(grant);
      const asRole = new URL(connectionString);
      [asRole.username, asRole.password] = [encodeURIComponent(role), "p"];
      const adapter = await PostgresKeyStorageAdapter.open({ connectionString: asRole.href, ...location });
      for (const call of everyCall(adapter.storage)) await call();
      expect(await adapter.migrations()).toMatchObject([{ version: 1 }, { version: 2 }]);
      await adapter.close();
      for (const sql of [
        "select secret from granted.k_keys",
        "select subject from granted.k_subjects",
        "insert into granted.k_keys values (gen_random_uuid(), 's', 'x', null)",
        "update granted.k_keys set secret = ''",
        "delete from granted.k_subjects",
        "truncate granted.k_keys",
        "create table granted.mine ()",
      ]) {
        await expect(queryRows(asRole.href, sql)).rejects.toMatchObject({ code: "42501" });
      }
    } finally {
      await owner.query(`drop owned by ${escapeIdentifier(role)}`);
      await owner.query(`drop role ${escapeIdentifier(role)}`);
      await owner.end();
    }
  });

  it("shares the schema of the event adapter by default", async () => {
    const events = await PostgresEventStorageAdapter.open({ connectionString, schema: "events_and_keys" });
    const keys = await PostgresKeyStorageAdapter.open({ shareWith: events });
    for (const call of everyCall(keys.storage)) await call();
    expect(await queryRows(connectionString, "select count(*)::int from events_and_keys.key_store_keys")).toEqual([2]);
    await events.close();
  });
});
