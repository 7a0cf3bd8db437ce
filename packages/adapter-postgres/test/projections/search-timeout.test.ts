import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { planCount, planSearch, sortBy } from "@eventfold/query";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "../test-server.ts";
import { writeOf } from "./prepared.ts";

const { connectionString } = await testServer();
const scope = { name: "account", projectorVersion: undefined };
const plan = planCount({});
const TIMED_OUT = { code: "SEARCH_TIMED_OUT", name: "SearchTimedOutError", timeoutMs: 50, isRetryable: false };
let holder: Client;
let events: PostgresEventStorageAdapter;

beforeAll(async () => {
  holder = new Client({ connectionString });
  await holder.connect();
  events = await PostgresEventStorageAdapter.open({ connectionString });
  await using adapter = await PostgresProjectionStorageAdapter.open({ connectionString });
  const state = { text: "long".repeat(40) };
  const source = { kind: "stream", category: "accounts", stream: "a" } as const;
  await adapter.storage.save({ writes: [writeOf({ id: "a", name: "account", source, state, metadata: null })] });
});
afterAll(async () => {
  await holder.end();
  await events.close();
});

/** Whoever reads a projection meanwhile waits. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  await holder.query("begin");
  await holder.query("lock table eventfold.projections in access exclusive mode");
  try {
    return await work();
  } finally {
    await holder.query("rollback");
  }
}

describe.each([
  ["connections of its own", () => ({ connectionString })],
  ["those of an event adapter", () => ({ shareWith: events })],
])("searchTimeoutMs on %s", (_, connection) => {
  it("lets the server cancel a search, a lookup and a count", async () => {
    await using adapter = await PostgresProjectionStorageAdapter.open({ ...connection(), searchTimeoutMs: 50 });
    await whileHeld(async () => {
      await expect(adapter.storage.search({ ...scope, plan: planSearch({}) })).rejects.toMatchObject(TIMED_OUT);
      await expect(adapter.storage.lookup({ ...scope, plan })).rejects.toMatchObject(TIMED_OUT);
      await expect(adapter.storage.count({ ...scope, plan })).rejects.toMatchObject(TIMED_OUT);
    });
    expect(await adapter.storage.load({ ...scope, id: "a" })).toMatchObject({ id: "a" });
  });

  it("leaves the connection as it was, and everything but searches alone", async () => {
    await using patient = await PostgresProjectionStorageAdapter.open({ ...connection(), searchTimeoutMs: 600_000 });
    const byLongText = planSearch({ sort: [sortBy("state.text")] });
    expect((await patient.storage.search({ ...scope, plan: byLongText })).map(({ id }) => id)).toEqual(["a"]);
    const settings = "select current_setting('statement_timeout') t, current_setting('transaction_read_only') r";
    const left = await patient.transaction(async ({ client }) => (await client.query(settings)).rows);
    expect(left).toEqual([{ t: "0", r: "off" }]);

    await using adapter = await PostgresProjectionStorageAdapter.open({ ...connection(), searchTimeoutMs: 50 });
    let isFree = false;
    const loaded = await whileHeld(async () => {
      const loading = adapter.storage.load({ ...scope, id: "a" }).then((found) => ({ id: found?.id, isFree }));
      await expect(adapter.storage.count({ ...scope, plan })).rejects.toMatchObject(TIMED_OUT);
      isFree = true;
      return [loading];
    });
    expect(await loaded[0]).toEqual({ id: "a", isFree: true });
  });
});

it("is a whole number of milliseconds, from 1 on", async () => {
  for (const searchTimeoutMs of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
    await expect(PostgresProjectionStorageAdapter.open({ connectionString, searchTimeoutMs })).rejects.toThrow(
      RangeError,
    );
    await expect(PostgresProjectionStorageAdapter.open({ shareWith: events, searchTimeoutMs })).rejects.toThrow(
      /^searchTimeoutMs must be /,
    );
  }
});
