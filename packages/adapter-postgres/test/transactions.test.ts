import { once } from "node:events";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { drizzleOf, logTables } from "@eventfold/adapter-postgres/drizzle";
import { EventStore, streamIsEmpty } from "@eventfold/store";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { Client, Pool } from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
const orders = pgTable("orders", { id: integer("id").primaryKey(), item: text("item").notNull() });
const names = { category: "orders", stream: "1" };
let adapter: PostgresEventStorageAdapter;
let store: EventStore;

const open = () => PostgresEventStorageAdapter.open({ connectionString, writeTimeoutMs: 5_000 });

beforeAll(async () => {
  await (await open()).close();
  await queryRows(connectionString, "create table orders (id integer primary key, item text not null)");
});
beforeEach(async () => {
  await queryRows(connectionString, "truncate orders; truncate eventfold.events");
  adapter = await open(); // one that has not seen what is gone
  store = new EventStore({ adapter });
});
afterEach(() => adapter.close());

async function stored(): Promise<{ readonly orders: number; readonly events: number }> {
  const [ordersCount] = await queryRows(connectionString, "select count(*)::int from orders");
  return { orders: Number(ordersCount), events: (await store.log().read()).length };
}

describe("transaction", () => {
  it("commits events and the caller's own tables together, by plain pg and by drizzle", async () => {
    const result = await adapter.transaction(async (tx) => {
      await tx.client.query("insert into orders values (1, 'tea')");
      await drizzleOf(tx).insert(orders).values({ id: 2, item: "milk" });
      expect(await drizzleOf(tx).select().from(orders).where(eq(orders.id, 2))).toEqual([{ id: 2, item: "milk" }]);
      await store
        .within(tx)
        .stream(names)
        .publish({ events: numbered(2), condition: streamIsEmpty() });
      return "done";
    });
    expect(result).toBe("done");
    expect(await stored()).toEqual({ orders: 2, events: 2 });
  });

  it("rolls both back with the callback's own error", async () => {
    const failure = new Error("no stock");
    const rejected = adapter.transaction(async (tx) => {
      await tx.client.query("insert into orders values (1, 'tea')");
      await store
        .within(tx)
        .stream(names)
        .publish({ events: numbered(2) });
      throw failure;
    });
    await expect(rejected).rejects.toBe(failure);
    expect(await stored()).toEqual({ orders: 0, events: 0 });
  });

  it("does not report a commit when a statement in it had failed", async () => {
    const rejected = adapter.transaction(async (tx) => {
      await store
        .within(tx)
        .stream(names)
        .publish({ events: numbered(1) });
      await tx.client.query("select 1 / 0").catch(() => {});
    });
    await expect(rejected).rejects.toMatchObject({ code: "UNSUITABLE_TRANSACTION" });
    expect(await stored()).toEqual({ orders: 0, events: 0 });
  });

  it("refuses calls that would wait for itself, also when others wait for it", async () => {
    await adapter.transaction(async (tx) => {
      await store
        .within(tx)
        .stream(names)
        .publish({ events: numbered(1) });
      await expect(store.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
        code: "NESTED_PUBLISH",
      });
      await expect(adapter.transaction(async () => {})).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
    });
    await store.stream(names).publish({ events: numbered(1) });
    expect((await stored()).events).toBe(2);
  });

  it("lets an unmet condition and a repeat pass without ending it", async () => {
    await adapter.transaction(async (tx) => {
      const stream = store.within(tx).stream(names);
      const [event] = await stream.publish({ events: numbered(1) });
      await expect(stream.publish({ events: numbered(1), condition: streamIsEmpty() })).rejects.toMatchObject({
        code: "UNMET_WRITE_CONDITION",
      });
      const again = await stream.publish({ events: [{ name: "numbered", payload: 0, id: event?.id }] });
      expect(again.isRepeat).toBe(true);
      await stream.publish({ events: numbered(1) });
    });
    expect((await stored()).events).toBe(2);
  });

  it("is over when the callback has ended", async () => {
    let leaked: EventStore | undefined;
    await adapter.transaction(async (tx) => {
      leaked = store.within(tx);
    });
    await expect(leaked?.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
      code: "TRANSACTION_ENDED",
    });
    await expect(leaked?.log().read()).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
  });

  it("is ended by the server when it is idle for too long, and holds nobody up", async () => {
    const impatient = await PostgresEventStorageAdapter.open({ connectionString, transactionIdleTimeoutMs: 300 });
    const isWritten = Promise.withResolvers<void>();
    const frozen = impatient.transaction(async (tx) => {
      await new EventStore({ adapter: impatient })
        .within(tx)
        .stream(names)
        .publish({ events: numbered(1) });
      isWritten.resolve();
      await once(tx.client, "end").catch(() => {}); // an error comes first
      await tx.client.query("select 1");
    });
    frozen.catch(() => {});
    await isWritten.promise;
    expect(await store.stream(names).publish({ events: numbered(1) })).toHaveLength(1);
    await expect(frozen).rejects.toThrow();
    expect((await stored()).events).toBe(1);
    await impatient.close();
  });
});

describe("using", () => {
  async function withClient(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ connectionString });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }

  it("commits and rolls back with the caller's transaction", () =>
    withClient(async (client) => {
      for (const [end, events] of [
        ["rollback", 0],
        ["commit", 2],
      ] as const) {
        await client.query("begin");
        await client.query("insert into orders values (1, 'tea')");
        const within = store.within(adapter.using(client));
        await within.stream(names).publish({ events: numbered(2) });
        expect(await within.stream(names).read()).toHaveLength(2);
        await client.query(end);
        expect(await stored()).toEqual({ orders: events / 2, events });
        await expect(within.log().latest()).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
      }
    }));

  it("joins a transaction of drizzle's", async () => {
    const pool = new Pool({ connectionString, max: 1 });
    const client = await pool.connect();
    await drizzle({ client }).transaction(async (database) => {
      await database.insert(orders).values({ id: 7, item: "rice" });
      await store
        .within(adapter.using(client))
        .stream(names)
        .publish({ events: numbered(1) });
    });
    client.release();
    await pool.end();
    expect(await stored()).toEqual({ orders: 1, events: 1 });
  });

  it.each(["repeatable read", "serializable"])("refuses to publish at %s", (level) =>
    withClient(async (client) => {
      await client.query(`begin isolation level ${level}`);
      await expect(
        store
          .within(adapter.using(client))
          .stream(names)
          .publish({ events: numbered(1) }),
      ).rejects.toMatchObject({ code: "UNSUITABLE_TRANSACTION" });
      await client.query("rollback");
    }),
  );

  it("refuses a client without a transaction, and one whose transaction has failed", () =>
    withClient(async (client) => {
      expect(() => adapter.using(client)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
      await client.query("begin");
      const joined = store.within(adapter.using(client));
      await client.query("select 1 / 0").catch(() => {});
      await expect(joined.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
        code: "UNSUITABLE_TRANSACTION",
      });
      expect(() => adapter.using(client)).toThrow(expect.objectContaining({ code: "UNSUITABLE_TRANSACTION" }));
    }));

  it("makes other writers wait for their time-out at most, not forever", () =>
    withClient(async (client) => {
      const impatient = await PostgresEventStorageAdapter.open({ connectionString, writeTimeoutMs: 300 });
      await client.query("begin");
      await store
        .within(adapter.using(client))
        .stream(names)
        .publish({ events: numbered(1) });
      const other = new EventStore({ adapter: impatient });
      await expect(other.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
        code: "STORAGE_BUSY",
        isRetryable: true,
      });
      await client.query("commit");
      await other.stream(names).publish({ events: numbered(1) });
      expect((await stored()).events).toBe(2);
      await impatient.close();
    }));
});

describe("the drizzle tables", () => {
  it("read what was published", async () => {
    const [event] = await store.stream(names).publish({ events: [{ name: "noted", payload: { b: 1, a: [null] } }] });
    const pool = new Pool({ connectionString, max: 1 });
    const [row] = await drizzle({ client: pool }).select().from(logTables().events);
    const { size, tags, ...columns } = row ?? {};
    expect({ ...columns, tags: [] }).toEqual(event);
    expect({ size, tags }).toEqual({ size: 18, tags: null });
    await pool.end();
  });
});
