import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, taggedWith } from "@eventfold/store";
import { type EventStorageRule, eventStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { numbered } from "./events.ts";
import { pgBouncerPath, startPgBouncer } from "./pg-bouncer.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const { describe, expect, it } = vitest;

/**
 * What a pooler in transaction mode can break: statements of one connection run on several, with nothing kept between
 * them. So every kind of statement has to be sent once without a name, with what it binds (1, 2, 6, 12, 15, 17, 23, 24, 25), and
 * what holds a connection has to hold it no longer than a transaction: locks and their waiting (3, 5, 7, 26, 27), scans (13, 14, 28), restoring (29), the
 * connection that listens (18), closing (19), reopening (20), repeats (21), transactions. Left out are rules that the
 * store keeps before any statement, or that differ from those in no statement: 4, 8, 9, 10, 11, 16, 22.
 */
const RULES_THROUGH_A_POOLER: readonly EventStorageRule[] = [
  1,
  2,
  3,
  5,
  6,
  7,
  12,
  13,
  14,
  15,
  17,
  18,
  19,
  20,
  21,
  23,
  24,
  25,
  26,
  27,
  28,
  29,
  "transactions",
];

if (pgBouncerPath === undefined) {
  describe("through pgbouncer", () => {
    it("is not tried: no pgbouncer is installed (on Debian: apt-get install pgbouncer)", () => {});
  });
} else {
  const server = await testServer();
  const bouncer = await startPgBouncer(pgBouncerPath, server.connectionString);
  vitest.afterAll(() => bouncer.stop());
  const { connectionString } = bouncer;
  const { connectionString: listenConnectionString } = server;
  let storages = 0;

  // The wider scopes go through the barrier here too; the guarantee changes nothing else that a pooler could see.
  for (const orderingGuarantee of process.env.EVENTFOLD_SOAK ? (["log", "stream"] as const) : (["stream"] as const)) {
    eventStorageAdapterSuite(vitest, {
      name: `PostgreSQL through pgbouncer in transaction mode, "${orderingGuarantee}"`,
      rules: RULES_THROUGH_A_POOLER,
      create: async () => {
        storages += 1;
        const schema = `bounced_${storages}`;
        return {
          open: (settings) =>
            PostgresEventStorageAdapter.open({
              ...{ connectionString, listenConnectionString, preparedStatements: false, schema, orderingGuarantee },
              ...settings,
            }),
          dispose: async () => {}, // the database goes as a whole, which is quicker
        };
      },
    });
  }

  describe("through pgbouncer in transaction mode", () => {
    const options = { connectionString, preparedStatements: false, schema: "bounced" };

    it("notifications are refused where they would never come", async () => {
      await expect(PostgresEventStorageAdapter.open({ ...options, connectTimeoutMs: 500 })).rejects.toMatchObject({
        code: "STORAGE_FAILED",
      });
    });

    it("leaves no setting behind on the server's connections", async () => {
      const adapter = await PostgresEventStorageAdapter.open({ ...options, notifications: false });
      const store = new EventStore({ adapter });
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.stream({ category: "c", stream: `s${n}` }).publish({ events: numbered(2) }),
        ),
      );
      const tagged = [{ name: "n", payload: 1, tags: ["a", "b"] }];
      await store.stream({ category: "c", stream: "t" }).publish({ events: tagged, failIf: taggedWith("c") });
      expect((await store.boundary(taggedWith("a", "b"))).events).toHaveLength(1);
      await adapter.transaction((tx) =>
        store
          .within(tx)
          .stream({ category: "c", stream: "t" })
          .publish({ events: numbered(1) }),
      );
      for (let n = 0; n < 10; n += 1) {
        expect(
          await queryRows(
            connectionString,
            "select name from pg_settings where source = 'session' and name not in ('client_encoding', 'application_name', 'DateStyle', 'TimeZone', 'standard_conforming_strings')",
          ),
        ).toEqual([]);
      }
      await adapter.close();
    });
  });
}
