import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { processingStorageAdapterSuite } from "@eventfold/testing";
import * as vitest from "vitest";
import { pgBouncerPath, startPgBouncer } from "../pg-bouncer.ts";
import { testServer } from "../test-server.ts";

if (pgBouncerPath === undefined) {
  vitest.describe("processing through pgbouncer", () => {
    vitest.it("is not tried: no pgbouncer is installed (on Debian: apt-get install pgbouncer)", () => {});
  });
} else {
  const server = await testServer();
  const bouncer = await startPgBouncer(pgBouncerPath, server.connectionString);
  vitest.afterAll(() => bouncer.stop());
  const { connectionString } = bouncer;
  const { connectionString: listenConnectionString } = server;
  let schemas = 0;

  /**
   * What a pooler in transaction mode can break: calls of one adapter run on several connections, with nothing kept between them.
   * So every call is sent once, again too (P14), rivals meet (P5, P10), a transaction has a connection for as long as it lasts
   * (P12), what listens goes past the pooler (P15), and all is there when it is opened again (P16).
   */
  processingStorageAdapterSuite(vitest, {
    name: "PostgreSQL through pgbouncer in transaction mode",
    rules: ["P5", "P10", "P12", "P14", "P15", "P16"],
    create: async () => {
      schemas += 1;
      const schema = `bounced_${schemas}`;
      // the pooler has four connections, and P12 holds as many transactions as the adapter allows
      const options = {
        connectionString,
        listenConnectionString,
        preparedStatements: false,
        schema,
        maxConnections: 4,
      };
      return {
        open: (settings) => PostgresProcessingStorageAdapter.open({ ...settings, ...options }),
        openShared: async (settings) => {
          const events = await PostgresEventStorageAdapter.open({ ...settings, ...options });
          return { events, processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
        },
        dispose: async () => {}, // the database goes as a whole, which is quicker
      };
    },
  });
}
