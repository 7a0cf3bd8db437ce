import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { consumeAll, EventBroker, ProcessingControl, retry, subscription } from "@eventfold/processing";
import { EventStore, nameIn, type StoredEvent } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockViolations } from "../src/lock-check.ts";
import { runLocks } from "../src/lock-run.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { waitFor } from "../src/waiting-for.ts";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server.stop());

/** A process's worth of adapters: its own connections to events and processing. */
async function openNode(connectionString: string) {
  const events = await PostgresEventStorageAdapter.open({ connectionString, orderingGuarantee: "stream" });
  const storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
  return { store: new EventStore({ adapter: events }), events, storage };
}

type Things = { happened: { n: number }; noted: { n: number } };

describe("brokers on PostgreSQL", () => {
  it("handle what parallel writers publish, once and per stream in order, while nodes come and go", async () => {
    const { connectionString } = server;
    const nodes = [
      await openNode(connectionString),
      await openNode(connectionString),
      await openNode(connectionString),
    ];
    const seen = new SeenEvents();
    const failing = new Set([40, 41, 42]);
    const brokers = nodes.map(({ store, storage }, n) => {
      const things = subscription({
        name: "things",
        source: store.log<Things>(),
        constraints: [nameIn("happened")],
        partitions: 7,
        concurrency: 3,
        onFailure: retry({ times: 0 }).then("park"),
        handleEvent: async (event) => {
          if (event.name === "happened" && failing.has(event.payload.n)) throw new Error("not this one");
          seen.note(event);
        },
      });
      return {
        things,
        broker: new EventBroker({ name: `node-${n}`, storage, leaseMs: 1_000, subscriptions: [things] }),
      };
    });
    const [first, second, third] = brokers;
    if (first === undefined || second === undefined || third === undefined) throw new Error("There are three.");
    const published: StoredEvent<Things>[] = [];
    const writing = Array.from({ length: 4 }, async (_, writer) => {
      const store = nodes[writer % 3]?.store;
      for (let n = 0; n < 50; n += 1) {
        const stream = store?.stream<Things>({ category: `c-${writer}`, stream: `s-${n % 5}` });
        const name = n % 5 === 4 ? "noted" : "happened";
        published.push(...((await stream?.publish({ events: [{ name, payload: { n: writer * 50 + n } }] })) ?? []));
      }
    });
    await first.broker.start();
    await second.broker.start();
    await third.broker.start();
    await Promise.all(writing);
    await first.broker.stop();
    await third.broker.whenHandled(third.things, published, { timeoutMs: 30_000 });
    await second.broker.whenCaughtUp(second.things, { timeoutMs: 30_000 });
    const wanted = published.filter(({ name, payload }) => name === "happened" && !failing.has(payload.n));
    expect(seen.numbers.toSorted((a, b) => a - b)).toEqual(
      wanted.map(({ sequenceNumber }) => sequenceNumber).toSorted((a, b) => a - b),
    );
    for (const events of Map.groupBy(seen.all, ({ category, stream }) => `${category}/${stream}`).values()) {
      expect(events.map(({ position }) => position)).toEqual(
        events.map(({ position }) => position).toSorted((a, b) => a - b),
      );
    }
    const control = new ProcessingControl({ storage: (nodes[1] ?? nodes[0])?.storage ?? never() });
    const parkedOf = async () => {
      const numbers: number[] = [];
      for await (const { sequenceNumber } of control.parked("things")) numbers.push(sequenceNumber);
      return numbers;
    };
    expect(await parkedOf()).toHaveLength(3);
    failing.clear();
    await control.replay("things");
    await waitFor(async () => (await parkedOf()).length === 0);
    expect(seen.all).toHaveLength(wanted.length + 3);
    await control.repartition("things", 2);
    await waitFor(async () => (await control.status(["things"])).subscriptions[0]?.partitions === 2);
    const [last] =
      (await nodes[0]?.store
        .stream<Things>({ category: "c-0", stream: "s-0" })
        .publish({ events: [{ name: "happened", payload: { n: 1_000 } }] })) ?? [];
    await third.broker.whenHandled(third.things, last === undefined ? [] : [last], { timeoutMs: 30_000 });
    await Promise.all([second.broker.stop(), third.broker.stop()]);
    expect(seen.all).toHaveLength(wanted.length + 4);
    const { sessions, subscriptions } = await control.status();
    expect(sessions).toEqual([]);
    expect(subscriptions[0]?.status.every(({ owner }) => owner === undefined)).toBe(true);
    for (const { events, storage } of nodes) {
      await storage.close();
      await events.close();
    }
  });
});

describe("handlers in transactions on PostgreSQL", () => {
  it("leave connections for beats, checkpoints and everybody else", async () => {
    const connectionString = await server.createDatabase();
    const events = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 4 });
    const storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
    const store = new EventStore({ adapter: events });
    expect(storage.transactionsAtOnce).toBe(2);
    const mayEnd = Promise.withResolvers<void>();
    let [open, most] = [0, 0];
    const things = subscription({
      name: "things",
      source: store.category<Things>("things"),
      partitions: 16,
      transactions: events,
      handleEvent: async ({ payload: { n } }, { transaction }) => {
        const { client } = await transaction();
        open += 1;
        most = Math.max(most, open);
        await client.query("insert into done (n) values ($1)", [n]);
        await mayEnd.promise;
        open -= 1;
      },
    });
    await events.transaction(({ client }) => client.query("create table done (n integer not null)"));
    for (let n = 0; n < 40; n += 1) {
      await store
        .stream<Things>({ category: "things", stream: `s-${n}` })
        .publish({ events: [{ name: "happened", payload: { n } }] });
    }
    const broker = new EventBroker({ name: "node", storage, leaseMs: 60_000, subscriptions: [things] });
    await broker.start();
    await waitFor(() => open === 2);
    // Two connections are left: these would wait for the handlers otherwise, and the handlers for them.
    await store.stream<Things>({ category: "others", stream: "o" }).publish({
      events: [{ name: "noted", payload: { n: 0 } }],
    });
    await storage.storage.status({ names: undefined });
    mayEnd.resolve();
    await broker.whenCaughtUp(things, { timeoutMs: 30_000 });
    await broker.stop();
    const rows = await events.transaction(({ client }) => client.query("select n from done order by n"));
    expect(rows.rows.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(most).toBe(2);
    await storage.close();
    await events.close();
  });
});

function never(): never {
  throw new Error("There are three nodes.");
}

describe("locks on PostgreSQL", () => {
  it("are held by one process at a time, though one is killed and one is frozen", { timeout: 180_000 }, async () => {
    const { connectionString } = server;
    await (await PostgresProcessingStorageAdapter.open({ connectionString })).close(); // so that no process waits for the tables
    const lines = await runLocks({ kind: "postgres", connectionString });
    expect(lockViolations(lines)).toEqual([]);
    expect(lines.filter(({ what }) => what === "lost").map(({ name }) => name)).toContain("frozen");
  });
});

it("an event whose text is damaged is parked, and the others are handled", async () => {
  const { connectionString } = server;
  const vandal = await PostgresEventStorageAdapter.open({ connectionString, schema: "damaged" });
  const intact = new EventStore({ adapter: vandal }).category("things");
  for (let n = 1; n <= 20; n += 1) {
    await intact.stream(`s-${n % 4}`).publish({ events: [{ name: "happened", payload: { n } }] });
  }
  const change = (sql: string, values: unknown[] = []) => vandal.transaction(({ client }) => client.query(sql, values));
  const [seventh] = (await intact.read()).slice(6);
  await change("alter table damaged.events alter payload type text using payload::text");
  await change(`update damaged.events set payload = '{"n":' where id = $1`, [seventh?.id]);
  // Only now: a connection that has read before has plans for the type that the column had.
  const events = await PostgresEventStorageAdapter.open({ connectionString, schema: "damaged" });
  const storage = await PostgresProcessingStorageAdapter.open({ shareWith: events });
  const source = new EventStore({ adapter: events }).category("things");
  const seen = new SeenEvents();
  const things = subscription({
    name: "damaged-things",
    source,
    partitions: 3,
    onFailure: retry({ times: 0 }).then("park"),
    handleEvent: (event) => seen.note(event),
  });
  await consumeAll(things, { storage });
  expect(seen.all).toHaveLength(19);
  const control = new ProcessingControl({ storage });
  for await (const parked of control.parked("damaged-things")) {
    expect(parked).toMatchObject({ eventId: seventh?.id, error: expect.stringContaining("UnreadableEventError") });
  }
  await change("update damaged.events set payload = $2 where id = $1", [seventh?.id, '{"n":7}']);
  await control.replay("damaged-things");
  await consumeAll(things, { storage });
  await seen.count(20);
  expect(seen.all.at(-1)).toEqual(seventh);
  await vandal.close();
  await storage.close();
  await events.close();
});
