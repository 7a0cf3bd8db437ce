import { consumeAll, projectionSubscription, retry } from "@eventfold/processing";
import { projectorFor } from "@eventfold/projections";
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

  it("refuses more than one partition of what is one projection, or may be", async () => {
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

  it("refuses to park what is folded in order", async () => {
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

function refusal(projector: string, reason: string): string {
  return `The projector "${projector}" has one partition, got 2: ${reason}.`;
}
