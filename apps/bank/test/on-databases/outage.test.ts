import { setTimeout as delay } from "node:timers/promises";
import { type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccount, openTestBank } from "../support/test-bank.ts";

describe("the bank whose database goes away", { timeout: 180_000 }, () => {
  let cluster: PostgresTestCluster;
  beforeAll(async () => {
    cluster = await startPostgres({ standbys: 1 });
  }, 180_000);
  afterAll(() => cluster.stop());

  it("says that it is unavailable, and goes on by itself when the database is back", async () => {
    const { primary: server } = cluster;
    await using test = await openTestBank(server.connectionString, { writeTimeoutMs: 1_000 });
    const { get, post } = test;
    await openAccount(test, "a", { amount: 100 });
    const deposit = () => post("/accounts/a/deposits", { amount: 5 }, { "idempotency-key": "during" });

    await server.kill("SIGKILL");
    for (const answer of [await get("/accounts/a"), await get("/accounts?city=London"), await deposit()]) {
      expect(answer).toMatchObject({ status: 503, body: { type: "urn:bank:unavailable" } });
      expect(answer.headers.get("retry-after")).toBe("1");
    }
    expect((await get("/ready")).status).toBe(503);
    expect((await get("/health")).status).toBe(200);

    await server.start();
    while ((await get("/ready")).status !== 200) await delay(100);
    expect(await deposit()).toMatchObject({ status: 201, body: { balance: 105 } });
    expect(await deposit()).toMatchObject({ status: 201, body: { balance: 105 } });
    const listed = await get("/accounts?city=London", { prefer: "wait=30" });
    expect(listed.body.items).toMatchObject([{ id: "a", balance: 105 }]);
    expect(test.errors.every((each) => (each as { error?: { isRetryable?: boolean } }).error?.isRetryable)).toBe(true);
  });

  it("goes on at the standby that takes over from a killed primary, with all that it has answered", async () => {
    await using test = await openTestBank(await cluster.createDatabase());
    await openAccount(test, "a", { amount: 100 });
    await cluster.catchUp(); // it is waited for by nobody, and nothing is published from now on
    await cluster.primary.kill("SIGKILL");
    const depositing = test.post("/accounts/a/deposits", { amount: 5 });
    await cluster.promote();
    expect(await depositing).toMatchObject({ status: 201, body: { balance: 105 } });
    const listed = await test.get("/accounts?city=London", { prefer: "wait=30" });
    expect(listed.body.items).toMatchObject([{ id: "a", balance: 105 }]);
  });
});
