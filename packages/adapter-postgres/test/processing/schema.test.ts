import { readFile, writeFile } from "node:fs/promises";
import { processingTables } from "@eventfold/adapter-postgres/drizzle";
import { PostgresProcessingStorageAdapter, processingGrants } from "@eventfold/adapter-postgres/processing";
import type { PgTable } from "drizzle-orm/pg-core";
import { Client, escapeIdentifier } from "pg";
import { describe, expect, it } from "vitest";
import { describedTable, storedTable } from "../described-table.ts";
import { queryRows } from "../query-rows.ts";
import { schemaDump } from "../schema-dump.ts";
import { testServer } from "../test-server.ts";
import { everyCall } from "./every-call.ts";

const { connectionString } = await testServer();
const golden = new URL("../golden/processing.txt", import.meta.url);

describe("the schema of processing", () => {
  it("is the one that was reviewed", async () => {
    await (await PostgresProcessingStorageAdapter.open({ connectionString, schema: "work" })).close();
    const dump = await schemaDump(connectionString, "work");
    if (process.env.EVENTFOLD_UPDATE_GOLDEN) await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  });

  it("agrees with the drizzle tables", async () => {
    const location = { schema: "told", processingPrefix: "p" };
    await (await PostgresProcessingStorageAdapter.open({ connectionString, ...location })).close();
    const tables: Record<string, PgTable> = processingTables(location);
    expect(Object.keys(tables)).toEqual(["sessions", "subscriptions", "partitions", "parked", "locks", "migrations"]);
    for (const table of Object.values(tables)) {
      expect(describedTable(table)).toEqual(await storedTable(connectionString, table));
    }
  });

  it("may have any name, the longest too", async () => {
    const location = { schema: "it's \"a\" $1 \\ 'schema'", processingPrefix: `it's "a" \\ $1 ${"ü".repeat(12)}` };
    const adapter = await PostgresProcessingStorageAdapter.open({ connectionString, ...location });
    for (const call of everyCall(adapter.storage)) await call();
    const move = {
      subscription: 1,
      partition: 0,
      token: 1,
      was: 7,
      checkpoint: { sequenceNumber: 8, eventId: undefined },
    };
    await adapter.transaction((tx) => adapter.within(tx).commitWith({ moves: [move] }));
    expect(await adapter.storage.saveCheckpoints([move])).toEqual([{ kind: "moved" }]);
    await adapter.close();
    const longest = { schema: "long", processingPrefix: "p".repeat(40) };
    await (await PostgresProcessingStorageAdapter.open({ connectionString, ...longest })).close();
    const names = await queryRows(
      connectionString,
      "select relname from pg_class where relnamespace = 'long'::regnamespace",
    );
    expect(names).toContain(`${"p".repeat(40)}_subscriptions_name_key`);
    expect(() => processingTables({ processingPrefix: "p".repeat(41) })).toThrow(RangeError);
  });

  it("is for a role that was granted no more than it needs", async () => {
    const owner = new Client({ connectionString });
    await owner.connect();
    const location = { schema: "granted", processingPrefix: "w" };
    await (await PostgresProcessingStorageAdapter.open({ connectionString, ...location })).close();
    const role = `worker of "${Math.random()}"`; // Roles are shared by all databases of the server.
    await owner.query(`create role ${escapeIdentifier(role)} login password 'p'`);
    try {
      for (const grant of processingGrants({ role, ...location })) await owner.query(grant);
      const asRole = new URL(connectionString);
      [asRole.username, asRole.password] = [encodeURIComponent(role), "p"];
      const adapter = await PostgresProcessingStorageAdapter.open({ connectionString: asRole.href, ...location });
      for (const call of everyCall(adapter.storage)) await call();
      const move = {
        subscription: 1,
        partition: 0,
        token: 1,
        was: 7,
        checkpoint: { sequenceNumber: 8, eventId: undefined },
      };
      await adapter.transaction((tx) => adapter.within(tx).commitWith({ moves: [move] }));
      const read = await queryRows(asRole.href, "select count(*)::int from granted.w_partitions");
      expect(read).toEqual([2]);
      await adapter.close();
      for (const sql of [
        "insert into granted.w_locks values ('l', gen_random_uuid(), gen_random_uuid(), 1)",
        "update granted.w_partitions set token = 9",
        "delete from granted.w_sessions",
        "truncate granted.w_parked",
        "select nextval('granted.w_lock_tokens')",
        "select granted.w_replace_partitions(1)",
        "select granted.w_take_effect(1, '{0}', gen_random_uuid(), '{}')",
        "select granted.w_end_sessions('{}', false)",
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
});
