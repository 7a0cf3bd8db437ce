import {
  type EventFold,
  type FoldingHandler,
  ProcessingControl,
  projectionSubscription,
  type Subscription,
} from "@eventfold/processing";
import { type ProjectionStorage, ProjectionStore, projectorFor } from "@eventfold/projections";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { foldedBuyers, openProjectionStage, storedBuyers } from "../src/projection-stage.ts";
import { buyerProjector, publishSales, type SaleEvents } from "../src/sales.ts";

/** What one partition of so many folds with: the more there are, the less memory has each. */
function foldOf({ handler }: Subscription, partitions: number): EventFold {
  return (handler as FoldingHandler).beginFold({ partition: 0, partitions, fencingToken: 1 });
}

describe("what is folded in memory", () => {
  it("is saved once after many batches, while there is more to read", async () => {
    await using stage = await openProjectionStage();
    const { sales } = stage;
    const sizes: number[] = [];
    const { storage: beneath } = stage.projectionAdapter;
    const changes: Partial<ProjectionStorage> = {
      save: (request) => {
        sizes.push(request.writes.length);
        return beneath.save(request);
      },
    };
    const projectionStore = new ProjectionStore({ adapter: withChanges(stage.projectionAdapter, changes) });
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore });
    await publishSales(sales, { count: 15_000, buyers: 300 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers);
    expect(sizes.length).toBeLessThan(4); // of thirty pages; one, unless it takes more than five seconds
    await publishSales(sales, { count: 1, from: 15_000 });
    await broker.whenCaughtUp(buyers);
    expect(sizes.at(-1)).toBe(1);
    expect(await storedBuyers(projectionStore)).toEqual(await foldedBuyers(sales));
  });

  it("is bounded by the number of waiting projections", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore } = stage;
    const fold = foldOf(projectionSubscription({ projector: buyerProjector, source: sales, projectionStore }), 1);
    await publishSales(sales, { count: 52_000, buyers: 52_000 });
    const events = await sales.read();
    await fold.fold(events.slice(0, 49_999));
    expect(fold.isFull).toBe(false);
    await fold.fold(events.slice(49_999, 50_000));
    expect(fold.isFull).toBe(true);
    await fold.save();
    fold.noteSaved();
    expect(fold.isFull).toBe(false);
    expect(await projectionStore.of(buyerProjector).count()).toBe(50_000);
  });

  it("is bounded by its size, and what was dropped is loaded again", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore } = stage;
    const projector = projectorFor<{ notes: string }, SaleEvents>()({
      name: "notes",
      source: "category",
      key: ({ payload }) => payload.buyer,
      initialState: () => ({ notes: "" }),
      handlers: { sold: ({ notes }, { payload }) => ({ notes: `${notes}${String(payload.cents).padEnd(1_000)}` }) },
    });
    const fold = foldOf(projectionSubscription({ projector, source: sales, projectionStore }), 256); // a quarter of a megabyte
    await publishSales(sales, { count: 1_200, buyers: 40 });
    let saves = 0;
    const events = [...(await sales.read())];
    const batchSizes: number[] = [];
    while (events.length > 0) {
      batchSizes.push(fold.batchSize);
      await fold.fold(events.splice(0, fold.batchSize));
      if (!fold.isFull && events.length > 0) continue;
      await fold.save();
      fold.noteSaved();
      expect(fold.isFull).toBe(false);
      saves += 1;
    }
    expect(saves).toBeGreaterThan(10);
    expect(Math.max(...batchSizes)).toBeGreaterThan(30);
    expect(batchSizes.at(-1)).toBeLessThan(5); // as states have grown to a tenth of the memory each
    for (const projection of await projector.projectMany(sales)) {
      expect(await projectionStore.of(projector).load({ id: projection.id })).toEqual(projection);
    }
  });

  it("is forgotten when something was asked of the partition, since whoever asks may change what is stored", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore });
    await publishSales(sales, { count: 20, buyers: 3 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers); // and nothing more is to be folded
    const control = new ProcessingControl({ storage });
    await control.pause(buyers.name);
    await control.whenCarriedOut(buyers.name, { timeoutMs: 10_000 });
    await projectionStore.of(buyerProjector).clear({ projectorVersion: buyerProjector.version });
    await control.reset(buyers.name, "beginning");
    await control.resume(buyers.name);
    await control.whenCarriedOut(buyers.name, { timeoutMs: 10_000 });
    await publishSales(sales, { count: 1, from: 20 });
    await broker.whenCaughtUp(buyers);
    expect(await storedBuyers(projectionStore)).toEqual(await foldedBuyers(sales));
  });
});
