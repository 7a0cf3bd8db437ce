import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { consumeAll, projectionSubscription, retry } from "@eventfold/processing";
import {
  type Projection,
  type ProjectionSaveRequest,
  type ProjectionStorage,
  ProjectionStore,
  projectorFor,
} from "@eventfold/projections";
import { sortBy } from "@eventfold/query";
import { describe, expect, it } from "vitest";
import { foldedBuyers, openProjectionStage, storedBuyers } from "../src/projection-stage.ts";
import { buyerProjector, publishSales, type SaleEvents, shopProjector, turnoverProjector } from "../src/sales.ts";

describe("projectionSubscription", () => {
  it("folds a category onto the projections of its keys, in several partitions, and goes on from there", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, partitions: 8 });
    expect(buyers).toMatchObject({ name: "buyer@1", partitions: 8, partitioning: "key/sha256-1" });
    for (const [count, from] of [
      [0, 0],
      [3_000, 0],
      [0, 0],
      [10, 3_000],
    ] as const) {
      await publishSales(sales, { count, from });
      await consumeAll(buyers, { storage });
      expect(await storedBuyers(projectionStore)).toEqual(await foldedBuyers(sales));
    }
  });

  it("commits projections together with the checkpoint, in transactions of the event adapter", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections, storage, adapter, projectionAdapter } = stage;
    const given = { projector: buyerProjector, source: sales, partitions: 4, transactions: adapter };
    const buyers = projectionSubscription({ ...given, projectionStore: projections });
    await publishSales(sales, { count: 3_000 });
    await consumeAll(buyers, { storage });
    expect(await storedBuyers(projections)).toEqual(await foldedBuyers(sales));

    const stored = await storedBuyers(projections);
    const full = new ProjectionStore({
      adapter: new Proxy(projectionAdapter, {
        get: (target, member) =>
          member === "within"
            ? (transaction: object) => failing(target.within(transaction))
            : Reflect.get(target, member, target),
      }),
    });
    await publishSales(sales, { count: 200, from: 3_000 });
    const failed = consumeAll(
      projectionSubscription({ ...given, projectionStore: full, onFailure: retry({ times: 0 }).then("stop") }),
      { storage },
    );
    await expect(failed).rejects.toThrow("after everything was written");
    const { subscriptions } = await storage.storage.status({ names: ["buyer@1"] });
    const checkpoints = subscriptions[0]?.status.map(({ checkpoint }) => checkpoint.sequenceNumber) ?? [];
    expect(Math.max(...checkpoints)).toBeLessThan(3_100); // the first new event of each is below
    expect(await storedBuyers(projections)).toEqual(stored);

    await consumeAll(buyers, { storage });
    expect(await storedBuyers(projections)).toEqual(await foldedBuyers(sales));
  });

  it("lets no broker start whose projection store does not share the database of the transactions", async () => {
    await using stage = await openProjectionStage();
    const { adapter, sales } = stage;
    await using alone = await MemoryProjectionStorageAdapter.open();
    const buyers = projectionSubscription({
      projector: buyerProjector,
      source: sales,
      projectionStore: new ProjectionStore({ adapter: alone }),
      transactions: adapter,
    });
    await expect(stage.broker({ subscriptions: [buyers] }).start()).rejects.toMatchObject({
      code: "TRANSACTIONS_NOT_SHARED",
      subscription: buyers.name,
      storage: "projections",
      message: expect.stringContaining("whose database its projection store does not share"),
    });
    expect((await stage.storage.storage.status({ names: undefined })).subscriptions).toEqual([]);
  });

  it("lets ids come from the state and change, in transactions", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage, adapter } = stage;
    const projector = projectorFor<{ last: string; sales: number }, SaleEvents>()({
      name: "latest-buyer",
      id: ({ last }, { stream }) => `${stream} ${last}`,
      initialState: () => ({ last: "", sales: 0 }),
      handlers: { sold: ({ sales: count }, { payload }) => ({ last: payload.buyer, sales: count + 1 }) },
    });
    const given = { projector, source: sales, projectionStore, onFailure: retry({ times: 0 }).then("stop") };
    for (const from of [0, 500, 1_000]) {
      await publishSales(sales, { count: 500, from });
      await consumeAll(projectionSubscription({ ...given, transactions: adapter }), { storage });
    }
    const stored = await projectionStore.of(projector).search({ sort: [sortBy("id")] });
    const folded: Projection[] = [];
    for await (const { stream } of sales.streams()) folded.push(await projector.project(sales.stream(stream)));
    expect(stored.items).toEqual(folded.toSorted((a, b) => (a.id < b.id ? -1 : 1)));

    await publishSales(sales, { count: 7, from: 1_501 });
    await expect(consumeAll(projectionSubscription(given), { storage })).rejects.toThrow(
      'give projectionSubscription the "transactions"',
    );
  });

  it("keeps up with what is published, whichever node has which partition", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore } = stage;
    const buyers = [1, 2, 3].map(() =>
      projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, partitions: 8 }),
    );
    const brokers = buyers.map((subscription) => stage.broker({ subscriptions: [subscription], leaseMs: 300 }));
    const publishing = publishSales(sales, { count: 4_000, buyers: 300 });
    for (const broker of brokers) await broker.start();
    await publishing;
    await brokers[1]?.stop();
    await publishSales(sales, { count: 50, from: 4_000, buyers: 300 });
    const [first, subscription] = [brokers[0], buyers[0]];
    if (first === undefined || subscription === undefined) throw new Error("There are three.");
    await first.whenHandled(subscription, await sales.read());
    expect(await storedBuyers(projectionStore)).toEqual(await foldedBuyers(sales));
  });

  it("folds each stream of a category onto its own projection", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const shops = projectionSubscription({ projector: shopProjector, source: sales, projectionStore, partitions: 4 });
    await publishSales(sales, { count: 2_000, shops: 40 });
    await consumeAll(shops, { storage });
    for await (const { stream } of sales.streams()) {
      expect(await projectionStore.of(shopProjector).load({ id: stream })).toEqual(
        await shopProjector.project(sales.stream(stream)),
      );
    }
  });

  it("folds a category, and a stream, onto one projection", async () => {
    await using stage = await openProjectionStage();
    const { store, sales, projections: projectionStore, storage } = stage;
    await publishSales(sales, { count: 1_000 });
    const one = store.stream<SaleEvents>({ category: "sales", stream: "shop-3" });
    await consumeAll(projectionSubscription({ projector: turnoverProjector, source: sales, projectionStore }), {
      storage,
    });
    await consumeAll(projectionSubscription({ projector: shopProjector, source: one, projectionStore }), { storage });
    expect(await projectionStore.of(turnoverProjector).load({ id: "all" })).toEqual(
      await turnoverProjector.project(sales),
    );
    expect(await projectionStore.of(shopProjector).load({ id: "shop-3" })).toEqual(await shopProjector.project(one));
    expect(await projectionStore.of(shopProjector).count()).toBe(1);
  });

  it("refuses several partitions where everything is, or may be, one projection", async () => {
    await using stage = await openProjectionStage();
    const { store, sales: source, projections: projectionStore } = stage;
    const given = { source, projectionStore, partitions: 2 };
    const richestProjector = projectorFor<{ cents: number }, SaleEvents>()({
      name: "richest",
      id: ({ cents }) => `${cents}`,
      initialState: () => ({ cents: 0 }),
      handlers: { sold: (state) => state },
    });
    const stream = store.stream<SaleEvents>({ category: "sales", stream: "shop-1" });
    const whole = () => projectionSubscription({ ...given, projector: turnoverProjector });
    const idsFromState = () => projectionSubscription({ ...given, projector: richestProjector });
    const oneStream = () => projectionSubscription({ ...given, projector: shopProjector, source: stream });
    expect(whole).toThrow(new RangeError(refusal("turnover", "it makes one projection of the whole category")));
    expect(idsFromState).toThrow(RangeError);
    expect(idsFromState).toThrow("its ids come from the state");
    expect(oneStream).toThrow(new RangeError(refusal("shop", "a stream is in order")));
  });

  it("refuses to park where events are folded in order", async () => {
    await using stage = await openProjectionStage();
    const { sales: source, projections: projectionStore } = stage;
    const given = { source, projectionStore };
    const onFailure = retry({ times: 1 }).then("park-stream");
    expect(projectionSubscription({ ...given, projector: shopProjector, onFailure }).onFailure).toBe(onFailure);
    expect(() => projectionSubscription({ ...given, projector: buyerProjector, onFailure })).toThrow(TypeError);
    const parking = retry({ times: 1 }).then("park");
    expect(() => projectionSubscription({ ...given, projector: shopProjector, onFailure: parking })).toThrow(TypeError);
  });
});

/** A storage of which a save fails when it has written. */
function failing(storage: ProjectionStorage): ProjectionStorage {
  return new Proxy(storage, {
    get: (target, member) => {
      if (member !== "save") return Reflect.get(target, member, target);
      return async (request: ProjectionSaveRequest) => {
        await target.save(request);
        throw new Error("It fails after everything was written.");
      };
    },
  });
}

function refusal(projector: string, reason: string): string {
  return `A subscription with the projector "${projector}" must have one partition, got 2: ${reason}.`;
}
