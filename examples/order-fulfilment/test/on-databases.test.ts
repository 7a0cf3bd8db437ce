import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MemoryEventStorageAdapter, MemoryProcessingStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventBroker, subscription } from "@eventfold/processing";
import { type EventStorageAdapter, EventStore, nameIn } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import { fulfilmentOf } from "../src/fulfilment.ts";
import { order } from "../src/order.ts";
import { type Shop, shopIn } from "../src/shop.ts";
import { stock } from "../src/stock.ts";
import { wallet } from "../src/wallet.ts";

const ORDERS = process.env.EVENTFOLD_SOAK ? 600 : 30;
const KILL_EVERY = process.env.EVENTFOLD_SOAK ? 25 : 50; // events: every day each worker is killed once

/** Goods for some orders, and money for some: of the rest, some are sold out, and some cannot be paid. */
async function openShop({ stocks, wallets }: Shop): Promise<void> {
  await stock.execute(stocks.stream("tea"), { type: "receive", quantity: ORDERS });
  await stock.execute(stocks.stream("pot"), { type: "receive", quantity: 5 });
  await wallet.execute(wallets.stream("ada"), { type: "add", amount: 10 * ORDERS });
  await wallet.execute(wallets.stream("grace"), { type: "add", amount: 65 });
}

const quantityOf = (n: number) => 1 + (n % 2);

async function placeOrders({ orders }: Shop): Promise<void> {
  for (let n = 0; n < ORDERS; n++) {
    const id = `o-${n}`;
    const placed = { customer: n % 3 === 0 ? "grace" : "ada", sku: n % 4 === 0 ? "pot" : "tea" };
    const command = { type: "place", order: id, ...placed, quantity: quantityOf(n), total: 10 } as const;
    await order.execute(orders.stream(id), command, { commandId: id });
  }
}

/** Waits until every order has been confirmed or cancelled. */
async function allEnded({ orders }: Shop): Promise<void> {
  let ended = 0;
  for await (const _ of orders.follow({ constraints: [nameIn("order-confirmed", "order-cancelled")] })) {
    ended++;
    if (ended === ORDERS) return;
  }
}

/** What must hold in the end: each order has ended once, and neither goods nor money have come from nowhere or got lost. */
async function checkBooks(store: EventStore): Promise<void> {
  const { orders, stocks, wallets, everything } = shopIn(store);
  const confirmed = await orders.read({ constraints: [nameIn("order-confirmed")] });
  const cancelled = await orders.read({ constraints: [nameIn("order-cancelled")] });
  expect(new Set([...confirmed, ...cancelled].map(({ stream }) => stream)).size).toBe(ORDERS);
  expect(confirmed.length + cancelled.length).toBe(ORDERS);
  // Who is first decides whether anybody gets goods that they cannot pay for, but more pots are ordered than there are.
  const reasons = new Set(cancelled.map(({ payload }) => "reason" in payload && payload.reason));
  expect(reasons).toContain("The goods are sold out.");
  reasons.delete("The payment was declined.");
  expect(reasons.size).toBe(1);

  const sold = confirmed.reduce((sum, { payload }) => sum + quantityOf(Number(payload.order.slice(2))), 0);
  const [tea, pot] = await Promise.all(
    ["tea", "pot"].map(async (sku) => (await stock.projector.project(stocks.stream(sku))).state),
  );
  expect((tea?.available ?? 0) + (pot?.available ?? 0) + sold).toBe(ORDERS + 5);
  expect([...(tea?.reservations ?? []), ...(pot?.reservations ?? [])].map(({ order: id }) => id).sort()).toStrictEqual(
    confirmed.map(({ stream }) => stream).sort(),
  );
  const balances = await Promise.all(
    ["ada", "grace"].map(async (customer) => (await wallet.projector.project(wallets.stream(customer))).state.balance),
  );
  expect(balances.reduce((sum, balance) => sum + balance, 10 * confirmed.length)).toBe(10 * ORDERS + 65);

  // Whatever an order has caused says so.
  const placed = await orders.read({ constraints: [nameIn("order-placed")] });
  const begun = new Map(placed.map(({ id, stream }) => [stream, id]));
  for (const event of await everything.read()) {
    if (event.tags.length === 0 || event.name === "order-placed") continue;
    expect(event.metadata).toMatchObject({ correlationId: begun.get(String(event.tags[0]).slice("order:".length)) });
  }
}

describe("the fulfilment of orders in memory", () => {
  it("ends every order once, though every event is handled several times, and several at once", async () => {
    await using adapter = await MemoryEventStorageAdapter.open();
    await using storage = await MemoryProcessingStorageAdapter.open({ shareWith: adapter });
    const store = new EventStore({ adapter });
    const shop = shopIn(store);
    const fulfilment = fulfilmentOf(shop);
    const twice = subscription({
      ...fulfilment,
      partitions: 4,
      concurrency: 8,
      handleEvent: async (event, context) => {
        await Promise.all([fulfilment.handleEvent(event, context), fulfilment.handleEvent(event, context)]);
        await fulfilment.handleEvent(event, context);
      },
    });
    await openShop(shop);
    const broker = new EventBroker({ name: "worker", storage, subscriptions: [twice] });
    await broker.start();
    await placeOrders(shop);
    await allEnded(shop);
    await broker.stop();
    await checkBooks(store);
  });
});

const SCRIPT = fileURLToPath(new URL("../src/worker.ts", import.meta.url));

interface Place extends AsyncDisposable {
  readonly place: string;
  readonly adapter: EventStorageAdapter;
}

async function openInFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "eventfold-orders-"));
  const place = join(folder, "shop.db");
  const adapter = await SqliteEventStorageAdapter.open({ filename: place });
  return {
    place,
    adapter,
    async [Symbol.asyncDispose]() {
      await adapter.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openOnServer(): Promise<Place> {
  const server = await startPostgres();
  const adapter = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString });
  return {
    place: server.connectionString,
    adapter,
    async [Symbol.asyncDispose]() {
      await adapter.close();
      await server.stop();
    },
  };
}

function startWorker(name: string, place: string): ChildProcess {
  return spawn(process.execPath, ["--conditions=eventfold-source", SCRIPT, name, place], { stdio: "inherit" });
}

describe.each([
  { database: "SQLite", open: openInFile },
  { database: "PostgreSQL", open: openOnServer },
])("the fulfilment of orders on $database", ({ open }) => {
  it("ends every order once, though its workers are killed in the middle of it", { timeout: 300_000 }, async () => {
    await using opened = await open();
    const store = new EventStore({ adapter: opened.adapter });
    const shop = shopIn(store);
    await openShop(shop);
    const workers = ["worker-1", "worker-2"].map((name) => ({ name, child: startWorker(name, opened.place) }));
    const end = new AbortController();
    const killing = (async () => {
      let seen = 0;
      for await (const _ of store.log().follow({ signal: end.signal })) {
        const worker = workers[Math.floor(++seen / KILL_EVERY) % workers.length];
        if (seen % KILL_EVERY > 0 || worker === undefined) continue;
        const gone = once(worker.child, "exit");
        worker.child.kill("SIGKILL");
        await gone;
        worker.child = startWorker(worker.name, opened.place);
      }
    })().catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    });
    try {
      await Promise.race([Promise.all([placeOrders(shop), allEnded(shop)]), killing]);
    } finally {
      end.abort();
      await killing;
      for (const { child } of workers) {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
    }
    await checkBooks(store);
    const before = await store.log().latest();
    const fulfilment = fulfilmentOf(shop);
    for await (const event of shop.everything.scan({ constraints: fulfilment.constraints }))
      await fulfilment.handleEvent(event, { signal: AbortSignal.timeout(60_000) });
    expect(await store.log().latest()).toStrictEqual(before); // all of it again changes nothing
  });
});
