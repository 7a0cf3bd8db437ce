import { PostgresEventStorageAdapter, runtimeGrants } from "@eventfold/adapter-postgres";
import { copyLog, digestLog, exportLog, importLog } from "@eventfold/operations";
import { EventStore } from "@eventfold/store";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { type DatabaseKind, Databases } from "../src/database.ts";
import { publishSamples } from "../src/publish-samples.ts";
import { readAfter } from "../src/read-after.ts";

/** Several batches in each step, the last of them not full. */
const EVENTS = process.env.EVENTFOLD_SOAK ? 1_000_000 : 4_100;

const databases = new Databases();
afterAll(() => databases[Symbol.asyncDispose]());

describe("a log", () => {
  it("is the same after SQLite → a file of any format → PostgreSQL or SQLite → SQLite", async () => {
    await using first = await databases.open("sqlite");
    await publishSamples(first.adapter, EVENTS);
    const digest = await digestLog({ of: first.adapter });
    expect(digest.events).toBe(EVENTS);
    for (const [ending, kind] of [
      [".ndjson", "sqlite"],
      [".ndjson.gz", "postgres"],
      [".ndjson.zst", "sqlite"],
    ] as const) {
      const file = databases.nextFile(ending);
      const exported = await exportLog({ from: first.adapter, to: file });
      expect(exported).toMatchObject({ events: EVENTS, digest: digest.digest });

      await using second = await databases.open(kind);
      expect(await importLog({ from: file, to: second.adapter })).toMatchObject({ events: EVENTS });
      expect(await digestLog({ of: second.adapter })).toEqual(digest);
      if (kind !== "postgres") continue;

      await using third = await databases.open("sqlite");
      expect(await copyLog({ from: second.adapter, to: third.adapter })).toMatchObject({ events: EVENTS });
      expect(await digestLog({ of: third.adapter })).toEqual(digest);
    }
  });

  it.each<readonly [DatabaseKind, "log" | "category" | "stream"]>([
    ["sqlite", "log"],
    ["postgres", "log"],
    ["postgres", "category"],
    ["postgres", "stream"],
  ])("goes on after the copied events on %s under %s", async (kind, orderingGuarantee) => {
    await using source = await databases.open("sqlite");
    await using target = await databases.open(kind, orderingGuarantee);
    await publishSamples(source.adapter, 2_500);
    await copyLog({ from: source.adapter, to: target.adapter });
    const stream = new EventStore({ adapter: target.adapter }).stream({ category: "users", stream: "stream-0" });
    const latest = await stream.latest();
    const [published] = await stream.publish({ events: [{ name: "after", payload: null }] });
    expect(published?.position).toBe((latest?.position ?? 0) + 1);
    expect(published?.sequenceNumber).toBeGreaterThan(2_500);
    await publishSamples(source.adapter, 10);
    await expect(copyLog({ from: source.adapter, to: target.adapter })).rejects.toMatchObject({ code: "OTHER_LOG" });
  });

  it.each(["sqlite", "postgres"] as const)(
    "is refused the next batch on %s when a rival has published",
    async (kind) => {
      await using source = await databases.open("sqlite");
      await using target = await databases.open(kind);
      await publishSamples(source.adapter, 4_500);
      const rivals = new EventStore({ adapter: target.adapter }).stream({ category: "rivals", stream: "r" });
      let rival: Promise<unknown> | undefined;
      const from = readAfter(source.adapter, {
        sequenceNumber: 4_000,
        wait: async () => {
          rival ??= rivals.publish({ events: [{ name: "came-between", payload: null }] });
          await rival;
        },
      });
      await expect(copyLog({ from, to: target.adapter })).rejects.toMatchObject({ code: "LOG_CHANGED" });
      const left = await new EventStore({ adapter: target.adapter }).log().read();
      expect(left.length % 2_000).toBe(1); // whole batches, and the rival's
      await expect(copyLog({ from, to: target.adapter })).rejects.toMatchObject({ code: "OTHER_LOG" });
    },
  );

  it("is copied with an event that comes to light late, after one with a higher number", async () => {
    await using source = await databases.open("postgres", "stream");
    await using target = await databases.open("sqlite");
    const { adapter } = source;
    const store = new EventStore({ adapter });
    const event = { name: "happened", payload: null };
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = adapter.transaction?.(async (transaction) => {
      await store
        .within(transaction)
        .stream({ category: "c", stream: "first" })
        .publish({ events: [event] });
      begun.resolve();
      await mayEnd.promise;
    });
    await begun.promise;
    // The two names have different locks; publishing to a stream with the same one would wait.
    await store.stream({ category: "c", stream: "second" }).publish({ events: [event] });
    const stopping = new AbortController();
    const copying = copyLog({ from: adapter, to: target.adapter, follow: { stopped: stopping.signal } });
    mayEnd.resolve();
    await writing;
    stopping.abort();
    expect(await copying).toMatchObject({ events: 2 });
    expect(await digestLog({ of: target.adapter })).toEqual(await digestLog({ of: adapter }));
  });

  it("is refused by PostgreSQL to the role of an application", async () => {
    const connectionString = await databases.createPostgres();
    await using owner = await PostgresEventStorageAdapter.open({ connectionString });
    const client = new pg.Client({ connectionString });
    await client.connect();
    const role = `app_${process.pid}`;
    await client.query(`create role ${role} login password 'secret'`);
    for (const grant of runtimeGrants({ role })) await client.query(grant);
    const url = new URL(connectionString);
    url.username = role;
    url.password = "secret";
    await using source = await databases.open("sqlite");
    await publishSamples(source.adapter, 10);
    {
      await using to = await PostgresEventStorageAdapter.open({ connectionString: url.href, migrations: "check" });
      await expect(copyLog({ from: source.adapter, to })).rejects.toMatchObject({ code: "STORAGE_ACCESS_DENIED" });
    }
    expect(await owner.storage.latest({ kind: "log" })).toBeUndefined();
    await client.query(`drop owned by ${role}; drop role ${role}`);
    await client.end();
  });
});
