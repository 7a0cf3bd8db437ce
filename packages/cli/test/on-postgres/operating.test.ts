import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { consumeAll, retry, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { runEventfold, runForJson } from "../support/run-eventfold.ts";

const server = await startPostgres();
afterAll(() => server.stop());

async function run(address: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** The SQL that the documentation gives for a role called reader. */
function grantsOfReader(): string {
  const text = readFileSync(new URL("../../../../docs/postgresql.md", import.meta.url), "utf8");
  const [, sql = ""] = /### A role that may only read\n.*?```sql\n(.*?)```/s.exec(text) ?? [];
  return sql;
}

/** A log of three events, of which a subscription has parked one. */
async function aLog(): Promise<string> {
  const connectionString = await server.createDatabase();
  await using events = await PostgresEventStorageAdapter.open({ connectionString });
  await using processing = await PostgresProcessingStorageAdapter.open({ shareWith: events });
  const store = new EventStore({ adapter: events });
  const numbered = [0, 1, 2].map((n) => ({ name: "noted", payload: { n } }));
  await store.stream({ category: "notes", stream: "a" }).publish({ events: numbered });
  const mails = subscription({
    name: "mails",
    source: store.category<{ noted: { n: number } }>("notes"),
    handleEvent: async ({ payload }) => {
      if (payload.n === 1) throw new Error("no mail");
    },
    onFailure: retry({ times: 0 }).then("park"),
  });
  await consumeAll(mails, { storage: processing });
  return connectionString;
}

describe("eventfold on PostgreSQL", () => {
  it("gives the next event a number above one that was seen", async () => {
    const address = await server.createDatabase();
    const above = "--next-sequence-number-above";
    expect(await runEventfold(["migrate", address, above, "50"])).toMatchObject({ exitCode: 0 });
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString: address });
    const stream = new EventStore({ adapter }).stream({ category: "notes", stream: "a" });
    const [event] = await stream.publish({ events: [{ name: "noted", payload: {} }] });
    expect(event?.sequenceNumber).toBe(51);
    for (const [arguments_, exitCode] of [
      [[above, "-1"], 2],
      [[above, "9007199254740993"], 2],
      [[above, "60", "--print"], 2],
      [[above, String(2 ** 52 + 1)], 1],
    ] as const) {
      expect(await runEventfold(["migrate", address, ...arguments_])).toMatchObject({ exitCode });
    }
    const directory = mkdtempSync(join(tmpdir(), "eventfold-migrate-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const onSqlite = await runEventfold(["migrate", "sqlite:app.db", above, "50"], { directory });
    expect(onSqlite).toMatchObject({ exitCode: 2, error: expect.stringContaining("PostgreSQL") });
  });

  it("prints the SQL that migrate would run, which does the same when it is run by hand", async () => {
    const address = await server.createDatabase();
    const printed = await runEventfold(["migrate", address, "--print"]);
    expect(printed).toMatchObject({ exitCode: 0, error: "" });
    expect(await runEventfold(["status", address])).toMatchObject({ exitCode: 4 });
    await run(address, printed.out);
    expect(await runForJson(["migrate", address])).toEqual([{ isUpToDate: true, applied: [] }]);
    expect(await runForJson(["status", address])).toMatchObject([{ orderingGuarantee: "log", newestNumber: 0 }]);
    expect(await runEventfold(["migrate", address, "--print"])).toMatchObject({ out: "-- Nothing is pending.\n" });
  });

  it("shows the status, and what migrate repairs of it", async () => {
    const address = await aLog();
    await run(address, "select setval('eventfold.events_sequence_number_seq', 1)");
    const { out } = await runEventfold(["status", address]);
    expect(out).toMatch(/PostgreSQL \d+/);
    expect(out).toContain("last number given  1, which is below it: run eventfold verify");
    expect(out).toContain("mails  category/notes, 1 partition, up to date, 1 event parked");
    expect(await runEventfold(["migrate", address])).toMatchObject({ exitCode: 0 });
    expect(await runForJson(["status", address])).toMatchObject([{ newestNumber: 3, lastNumber: 3 }]);
  });

  it("moves no part of a log for all of it when its sequence was set back", async () => {
    const address = await server.createDatabase();
    await using events = await PostgresEventStorageAdapter.open({
      connectionString: address,
      orderingGuarantee: "stream",
    });
    const stream = new EventStore({ adapter: events }).stream({ category: "notes", stream: "a" });
    await stream.publish({ events: [0, 1, 2].map((n) => ({ name: "noted", payload: { n } })) });
    await run(address, "select setval('eventfold.events_sequence_number_seq', 1)");
    const directory = mkdtempSync(join(tmpdir(), "eventfold-cli-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const archive = join(directory, "notes.ndjson");
    for (const words of [
      ["export", address, archive],
      ["copy", address, `sqlite:${join(directory, "notes.db")}`],
      ["digest", address],
    ]) {
      expect(await runEventfold(words)).toMatchObject({
        exitCode: 1,
        error: expect.stringContaining("The sequence of the log is at 1, below its newest event, which has 3"),
      });
    }
    await runEventfold(["migrate", address]);
    expect(await runForJson(["export", address, archive])).toMatchObject([{ events: 3, upTo: 3 }]);
  });

  it("lets the role that documentation makes look at everything, and change nothing", async () => {
    const owner = await aLog();
    const reader = `reader_${randomUUID().slice(0, 8)}`;
    await run(owner, `create role ${reader} login password 'reader'`);
    await run(owner, grantsOfReader().replaceAll("reader", reader));
    const address = Object.assign(new URL(owner), { username: reader, password: "reader" }).href;
    const [noted] = (await runForJson(["show", address, "notes/a"])) as { readonly id: string }[];
    for (const [name, ...words] of [
      ["status"],
      ["categories"],
      ["streams", "notes"],
      ["tail"],
      ["tail", "--category", "notes", "--since", "1h"],
      ["event", noted?.id],
      ["trace", noted?.id],
      ["verify"],
      ["digest"],
      ["subscriptions list"],
      ["parked list", "mails"],
      ["parked show", "mails", "2"],
    ]) {
      const line = [...(name ?? "").split(" "), address, ...words].map(String);
      expect(await runEventfold(line), line.join(" ")).toMatchObject({ exitCode: 0, error: "" });
    }
    for (const [name = "", ...words] of [
      ["parked drop", "mails", "--yes"],
      ["subscriptions pause", "mails"],
      ["migrate"],
    ]) {
      const { exitCode, error } = await runEventfold([...name.split(" "), address, ...words]);
      expect({ name, exitCode, code: error.split(":")[0] }).toEqual({
        name,
        exitCode: 1,
        code: "STORAGE_ACCESS_DENIED",
      });
    }
    await run(owner, `drop owned by ${reader}; drop role ${reader}`);
  });

  it("diagnoses the server", async () => {
    const { exitCode, out } = await runEventfold(["doctor", await aLog()]);
    expect(exitCode).toBe(4); // the server of the tests does not wait for the disk
    expect(out).toMatch(/^danger {2}fsync: off\n {2}A crash of the machine .*\n {2}Set fsync = on/);
  });

  it("pauses a subscription, and drops what is parked", async () => {
    const address = await aLog();
    await runEventfold(["subscriptions", "pause", address, "mails"]);
    expect(await runForJson(["subscriptions", "list", address])).toMatchObject([
      { name: "mails", partitions: [{ isPaused: true, parked: 1 }] },
    ]);
    expect(await runForJson(["parked", "show", address, "mails", "2"])).toMatchObject([
      { sequenceNumber: 2, event: { payload: { n: 1 } } },
    ]);
    expect(await runEventfold(["parked", "drop", address, "mails", "--yes"])).toMatchObject({ exitCode: 0 });
    expect(await runForJson(["parked", "list", address, "mails"])).toEqual([]);
  });
});
