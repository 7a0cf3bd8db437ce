import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, type OrderingGuarantee } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const { connectionString } = server;
const stream = { category: "c", stream: "s" };
let schemas = 0;

async function openNew(orderingGuarantee: OrderingGuarantee = "log") {
  schemas += 1;
  const schema = `identity_${schemas}`;
  const open = () =>
    PostgresEventStorageAdapter.open({ connectionString, schema, orderingGuarantee, notifications: false });
  const adapter = await open();
  const store = new EventStore({ adapter });
  /** Ends every connection to the database, as a server does that goes away. */
  const loseConnections = () =>
    queryRows(
      connectionString,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
  const sql = (text: string) => queryRows(connectionString, text.replaceAll("LOG", `${schema}.events`));
  return { ...{ adapter, store, schema, open, loseConnections, sql }, [Symbol.asyncDispose]: () => adapter.close() };
}

describe("an adapter that connects again", () => {
  it("goes on where the log has what was stored and read through it, whatever else has come", async () => {
    await using log = await openNew();
    await log.store.stream(stream).publish({ events: numbered(3) });
    await using other = await log.open();
    await new EventStore({ adapter: other }).stream(stream).publish({ events: numbered(3) });
    for (const connect of [1, 2]) {
      await log.loseConnections();
      expect(await log.store.log().read()).toHaveLength(5 + connect);
      await log.store.stream(stream).publish({ events: numbered(1) });
    }
  });

  it.each<readonly [string, (store: EventStore, adapter: PostgresEventStorageAdapter) => Promise<unknown>]>([
    ["was published", (store) => store.stream(stream).publish({ events: numbered(2) })],
    [
      "was published in a transaction",
      (store, adapter) =>
        adapter.transaction((tx) =>
          store
            .within(tx)
            .stream(stream)
            .publish({ events: numbered(2) }),
        ),
    ],
    ["was scanned forwards", (store) => store.log().read()],
    ["was scanned backwards", (store) => store.stream(stream).read({ direction: "backwards", limit: 1 })],
    ["was the latest event", (store) => store.category("c").latest()],
  ])("refuses every call where the log lacks what %s", async (_, see) => {
    await using log = await openNew();
    await using other = await log.open();
    const published = await new EventStore({ adapter: other }).stream(stream).publish({ events: numbered(2) });
    await see(log.store, log.adapter);
    const [seen] = await queryRows(connectionString, `select max(sequence_number)::int from ${log.schema}.events`);
    await log.sql("delete from LOG where position > 0");
    await log.loseConnections();
    const [first] = published;
    const behind = {
      ...{ code: "LOG_BEHIND", isRetryable: false, reason: "lost-events" },
      ...{
        seen: { sequenceNumber: seen, id: expect.any(String) },
        newest: { sequenceNumber: first?.sequenceNumber, id: first?.id },
      },
    };
    for (const call of [
      () => log.store.log().read(),
      () => log.store.stream(stream).publish({ events: numbered(1) }),
      () => log.adapter.transaction(async () => {}),
      () => log.adapter.storage.horizon({ kind: "log" }),
      () => log.adapter.migrate(),
      () => log.store.log().follow().next(),
    ]) {
      await expect(call()).rejects.toMatchObject(behind);
    }
    await using fresh = await log.open();
    expect(await new EventStore({ adapter: fresh }).log().read()).toHaveLength(1);
  });

  it("ends followers that wait, rather than pass over events that get the numbers of lost ones", async () => {
    await using log = await openNew();
    await log.store.stream(stream).publish({ events: numbered(2) });
    const following = log.store.log().follow();
    await following.next();
    await following.next();
    const next = following.next();
    await log.sql("delete from LOG where position > 0");
    await log.loseConnections();
    await expect(next).rejects.toMatchObject({ code: "LOG_BEHIND" });
  });

  it("refuses a log that was made anew, even when nothing was seen before", async () => {
    await using log = await openNew();
    await queryRows(connectionString, `drop schema ${log.schema} cascade`);
    await using anew = await log.open();
    await new EventStore({ adapter: anew }).stream(stream).publish({ events: numbered(1) });
    await log.loseConnections();
    await expect(log.store.log().latest()).rejects.toMatchObject({
      ...{ code: "LOG_BEHIND", reason: "other-log", seen: undefined, newest: { sequenceNumber: 1 } },
    });
  });

  it("does not take what was rolled back for seen", async () => {
    await using log = await openNew();
    const rolledBack = log.adapter.transaction(async (tx) => {
      await log.store
        .within(tx)
        .stream(stream)
        .publish({ events: numbered(1) });
      await log.store.within(tx).log().read();
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await log.loseConnections();
    await log.store.stream(stream).publish({ events: numbered(1) });
  });
});

describe.each<OrderingGuarantee>(["log", "category", "stream"])('migrate() under "%s"', (orderingGuarantee) => {
  it("moves the sequence above a number that was seen, and never back", async () => {
    await using log = await openNew(orderingGuarantee);
    const publish = async () => (await log.store.stream(stream).publish({ events: numbered(1) }))[0]?.sequenceNumber;
    await log.adapter.migrate({ nextSequenceNumberAbove: 1 });
    expect(await publish()).toBe(2);
    await log.adapter.migrate({ nextSequenceNumberAbove: 1_000 });
    expect(await publish()).toBe(1_001);
    await log.adapter.migrate({ nextSequenceNumberAbove: 7 });
    await log.adapter.migrate();
    expect(await publish()).toBe(1_002);
    expect(await log.adapter.storage.horizon({ kind: "log" })).toBe(1_002);
    const read = await log.store.log().read();
    expect(read.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 1_001, 1_002]);
  });
});

describe("migrate()", () => {
  it("refuses what is no number that a log may come to", async () => {
    await using log = await openNew();
    for (const given of [-1, 0.5, Number.NaN, 2 ** 52 + 1, "7"]) {
      const migrating = log.adapter.migrate({ nextSequenceNumberAbove: given as number });
      await expect(migrating).rejects.toThrow(RangeError);
    }
    await expect(log.adapter.migrate({ above: 7 } as object)).rejects.toThrow(TypeError);
  });
});
