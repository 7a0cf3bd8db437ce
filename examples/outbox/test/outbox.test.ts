import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore, newEvent, streamIsEmpty } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outbox } from "../src/outbox.ts";
import { openPostgresOutbox, postgresOutboxHook } from "../src/postgres-outbox.ts";
import { openSqliteOutbox, sqliteOutboxHook } from "../src/sqlite-outbox.ts";
import { Receiver } from "./receiver.ts";

/** A shop with an outbox in a database of its own, and how relays of it are started. */
interface Shop extends AsyncDisposable {
  readonly store: EventStore;
  readonly outbox: Outbox;
  startRelay(name: string, url: string, output?: "inherit" | "ignore"): ChildProcess;
}

const folder = mkdtempSync(join(tmpdir(), "eventfold-outbox-"));
let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startScript(script: string, args: readonly string[], stdio: "inherit" | "ignore" = "inherit"): ChildProcess {
  const path = fileURLToPath(new URL(`../src/${script}`, import.meta.url));
  return spawn(process.execPath, ["--conditions=eventfold-source", path, ...args], { stdio });
}

/** How often a relay is killed: each is a process that has to start. */
const KILLS = process.env.EVENTFOLD_SOAK ? 5 : 2;

let files = 0;

async function openOnSqlite(): Promise<Shop> {
  const filename = join(folder, `shop-${files++}.db`);
  const adapter = await SqliteEventStorageAdapter.open({ filename });
  const store = new EventStore({ adapter, inline: [await sqliteOutboxHook(adapter)] });
  const outbox = openSqliteOutbox(filename);
  return {
    store,
    outbox,
    startRelay: (name, url, output) => startScript("sqlite-relay.ts", [name, filename, url], output),
    async [Symbol.asyncDispose]() {
      outbox[Symbol.dispose]();
      await adapter.close();
    },
  };
}

async function openOnPostgres(): Promise<Shop> {
  const connectionString = await server.createDatabase();
  const pool = new pg.Pool({ connectionString });
  pool.on("error", () => {}); // the server is stopped at the end
  const adapter = await PostgresEventStorageAdapter.open({ pool });
  const store = new EventStore({ adapter, inline: [await postgresOutboxHook(adapter)] });
  return {
    store,
    outbox: await openPostgresOutbox(pool),
    startRelay: (name, url, output) => startScript("postgres-relay.ts", [name, connectionString, url], output),
    async [Symbol.asyncDispose]() {
      await adapter.close();
      await pool.end();
    },
  };
}

const placed = (n: number) => ({ name: "placed", payload: { n } });

/** Places orders, in streams of their own, several at once. @returns the ids of their events, by sequence number. */
async function placeOrders({ store }: Shop, from: number, count: number): Promise<readonly string[]> {
  const orders = store.category("orders");
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      orders.stream(`o-${(from + n) % 7}`).publish({ events: [placed(from + n)] }),
    ),
  );
  return (await orders.read()).map(({ id }) => id);
}

async function untilEmpty({ outbox }: Shop): Promise<void> {
  while ((await outbox.waiting(1)).length > 0) await delay(20);
}

describe.each([
  ["SQLite", openOnSqlite],
  ["PostgreSQL", openOnPostgres],
] as const)("the outbox on %s", (_, open) => {
  it("holds a message for each event of its own kind, by number, and for nothing that was not stored", async () => {
    await using shop = await open();
    const { store, outbox } = shop;
    const first = newEvent({ ...placed(1), occurredAt: new Date("2026-01-01T12:00:00.000Z") });
    const publish = () => store.stream({ category: "orders", stream: "o-1" }).publish({ events: [first] });
    const [stored] = await publish();
    expect((await publish()).isRepeat).toBe(true);
    const late = { events: [placed(2)], condition: streamIsEmpty() };
    await expect(store.stream({ category: "orders", stream: "o-1" }).publish(late)).rejects.toThrow("unmet");
    await store.publish([
      { category: "orders", stream: "o-2", events: [placed(3), placed(4)] },
      { category: "notes", stream: "n-1", events: [{ name: "written", payload: "for us only" }] },
    ]);
    const waiting = await outbox.waiting(10);
    expect(waiting.map(({ body }) => JSON.parse(body).data)).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }]);
    expect(waiting[0]).toEqual({
      number: stored?.sequenceNumber,
      id: first.id,
      body: JSON.stringify({ id: first.id, type: "orders.placed", at: "2026-01-01T12:00:00.000Z", data: { n: 1 } }),
    });
    expect((await outbox.waiting(2)).length).toBe(2);
  });

  it("is emptied by a relay that is killed with each third message in hand, at least once and in order", {
    timeout: 180_000, // starting processes takes long on a machine that is busy
  }, async () => {
    await using shop = await open();
    await using receiver = new Receiver();
    const url = await receiver.listen();
    let kills = 0;
    let relay: ChildProcess;
    receiver.onMessage = (count) => {
      if (count % 3 !== 0 || kills === KILLS) return "answer";
      kills += 1;
      relay.kill("SIGKILL"); // the message was delivered, and the relay never learns of it
      return "silence";
    };
    await placeOrders(shop, 0, 12);
    for (let n = 12; n < 12 + 4 * KILLS; n += 4) {
      relay = shop.startRelay("relay-1", url);
      expect(await once(relay, "exit")).toEqual([null, "SIGKILL"]);
      await placeOrders(shop, n, 4);
    }
    const expected = await placeOrders(shop, 100, 1);
    relay = shop.startRelay("relay-1", url);
    await untilEmpty(shop);
    relay.kill("SIGTERM");
    expect(await once(relay, "exit")).toEqual([0, null]);

    const { received } = receiver;
    expect([...new Set(received)]).toEqual(expected);
    // The message in hand came again, first of all; nothing else did.
    const repeats = received.filter((id, index) => received.indexOf(id) !== index);
    expect(repeats.length).toBe(KILLS);
    for (const [index, id] of received.entries()) {
      const before = received.indexOf(id);
      if (before !== index) expect(before).toBe(index - 1);
    }
  });

  it("lets one of two relays work and the other take over, and a message that is refused holds back the rest", {
    timeout: 180_000,
  }, async () => {
    await using shop = await open();
    await using receiver = new Receiver();
    const url = await receiver.listen();
    const first = await placeOrders(shop, 0, 20);
    let refusals = 0;
    receiver.onMessage = (count) => (count === 8 && ++refusals < 3 ? "fail" : "answer");
    const relays = ["relay-1", "relay-2"].map((name) => shop.startRelay(name, url, "ignore"));
    await untilEmpty(shop);
    expect([receiver.received, refusals]).toEqual([first, 3]);
    for (const [n, relay] of relays.entries()) {
      relay.kill("SIGTERM");
      expect(await once(relay, "exit")).toEqual([0, null]);
      if (n > 0) continue;
      const both = await placeOrders(shop, 20, 5);
      await untilEmpty(shop);
      expect(receiver.received).toEqual(both);
    }
  });
});
