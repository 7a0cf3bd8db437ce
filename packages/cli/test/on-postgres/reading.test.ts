import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillAccounts } from "../support/accounts.ts";
import { configText } from "../support/config-text.ts";
import { testReading } from "../support/reading-tests.ts";
import { runEventfold } from "../support/run-eventfold.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

describe("on PostgreSQL", () => {
  const directory = mkdtempSync(join(tmpdir(), "eventfold-cli-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  testReading(async () => {
    const { connectionString } = server;
    await using events = await PostgresEventStorageAdapter.open({ connectionString });
    await using projections = await PostgresProjectionStorageAdapter.open({ shareWith: events });
    await fillAccounts(events, projections);
    const config = join(directory, "eventfold.config.ts");
    writeFileSync(
      config,
      configText("@eventfold/adapter-postgres", "PostgresEventStorageAdapter", { connectionString }),
    );
    return { address: connectionString, config };
  });

  it("refuses a database without a log, and makes none", async () => {
    const empty = await startPostgres();
    try {
      for (let n = 0; n < 2; n++) {
        const { exitCode, error } = await runEventfold(["tail", empty.connectionString]);
        expect(exitCode).toBe(1);
        expect(error).toMatch(/^SCHEMA_TOO_OLD: There is no event log in this database/);
      }
    } finally {
      await empty.stop();
    }
  });

  it("says that a database does not exist", async () => {
    const { exitCode, error } = await runEventfold(["tail", `${server.connectionString}_that_is_not_there`]);
    expect(exitCode).toBe(1);
    expect(error).toContain("does not exist");
  });

  it("cannot look into a server that does not answer", async () => {
    const { exitCode, error } = await runEventfold(["categories", "postgres://user:secret@127.0.0.1:1/app"]);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/^STORAGE_UNAVAILABLE: .*ECONNREFUSED/);
    expect(error).not.toContain("secret");
  });
});
