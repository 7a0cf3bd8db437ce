import {
  exponentialBackoff,
  type ParkedEvent,
  ProcessingControl,
  projectionSubscription,
  retry,
} from "@eventfold/processing";
import { type ProjectionStorage, ProjectionStore, projectorFor } from "@eventfold/projections";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { foldedBuyers, openProjectionStage, type ProjectionStage, storedBuyers } from "../src/projection-stage.ts";
import { buyerProjector, publishSales, type SaleEvents, shopProjector } from "../src/sales.ts";
import { waitFor } from "../src/waiting-for.ts";

const backoff = exponentialBackoff({ firstMs: 1, longestMs: 4 });

/** Folds like `shopProjector`, but for one sale, as long as that is refused. */
function refusingProjector(refused: { cents: number | undefined }) {
  return projectorFor<{ cents: number }, SaleEvents>()({
    name: "shop",
    initialState: () => ({ cents: 0 }),
    handlers: {
      sold: ({ cents }, { payload }) => {
        if (payload.cents === refused.cents) throw new Error("This sale cannot be folded.");
        return { cents: cents + payload.cents };
      },
    },
  });
}

/** Projections on a storage of which some calls are changed. */
function changedStore({ projectionAdapter }: ProjectionStage, changes: Partial<ProjectionStorage>): ProjectionStore {
  return new ProjectionStore({ adapter: withChanges(projectionAdapter, changes) });
}

async function parkedOf(control: ProcessingControl): Promise<readonly ParkedEvent[]> {
  const parked: ParkedEvent[] = [];
  for await (const event of control.parked("shop@1")) parked.push(event);
  return parked;
}

async function expectShops({ sales, projections }: ProjectionStage): Promise<void> {
  for await (const { stream } of sales.streams()) {
    expect(await projections.of(shopProjector).load({ id: stream })).toEqual(
      await shopProjector.project(sales.stream(stream)),
    );
  }
}

describe("an event that cannot be folded", () => {
  it("pauses its partition exactly before it, and is folded when the partition is resumed", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const refused: { cents: number | undefined } = { cents: 300 };
    const projector = refusingProjector(refused);
    const onFailure = retry({ times: 2, backoff }).then("pause");
    const shops = projectionSubscription({ projector, source: sales, projectionStore, partitions: 2, onFailure });
    await publishSales(sales, { count: 600 });
    const poison = (await sales.read()).find(({ payload }) => payload.cents === 300);
    const broker = stage.broker({ subscriptions: [shops] });
    await broker.start();
    await expect(broker.whenCaughtUp(shops)).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
    const pausedPartition = async () => {
      const { subscriptions } = await storage.storage.status({ names: ["shop@1"] });
      return subscriptions[0]?.status.find(({ isPaused }) => isPaused);
    };
    await waitFor(async () => (await pausedPartition()) !== undefined);
    const paused = await pausedPartition();
    expect(paused?.checkpoint.sequenceNumber).toBe((poison?.sequenceNumber ?? 0) - 1);
    expect(paused?.error).toContain("This sale cannot be folded.");
    refused.cents = undefined;
    await new ProcessingControl({ storage }).resume("shop@1");
    await waitFor(async () => (await pausedPartition()) === undefined);
    await broker.whenCaughtUp(shops);
    await expectShops(stage);
  });

  it("is missing where it is skipped, and nothing else is", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore } = stage;
    const projector = refusingProjector({ cents: 300 });
    const onFailure = retry({ times: 0 }).then("skip");
    const shops = projectionSubscription({ projector, source: sales, projectionStore, onFailure });
    await publishSales(sales, { count: 600 });
    const broker = stage.broker({ subscriptions: [shops] });
    await broker.start();
    await broker.whenCaughtUp(shops);
    expect(broker.status().subscriptions[0]?.held[0]?.skipped).toBe(1);
    const all = await projectionStore.of(projector).search();
    const cents = all.items.reduce((sum, { state }) => sum + state.cents, 0);
    expect(cents).toBe((600 * 599) / 2 - 300);
  });

  it("lets its stream wait where that is parked, and is folded in order when it is replayed", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore, storage } = stage;
    const refused: { cents: number | undefined } = { cents: 300 };
    const onFailure = retry({ times: 0 }).then("park-stream");
    const projector = refusingProjector(refused);
    const shops = projectionSubscription({ projector, source: sales, projectionStore, partitions: 3, onFailure });
    await publishSales(sales, { count: 600 });
    const broker = stage.broker({ subscriptions: [shops] });
    await broker.start();
    await broker.whenCaughtUp(shops);
    refused.cents = undefined;
    const control = new ProcessingControl({ storage });
    const parked = await parkedOf(control);
    expect(parked).toHaveLength(1);
    const waiting = await projectionStore.of(projector).load({ id: parked[0]?.stream ?? "" });
    expect(waiting?.lastSequenceNumber).toBeLessThan(parked[0]?.sequenceNumber ?? 0);
    await control.replay("shop@1");
    await waitFor(async () => (await parkedOf(control)).length === 0);
    await expectShops(stage);
  });

  it("may also be one whose key cannot be determined", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections: projectionStore } = stage;
    const projector = projectorFor<{ sales: number }, SaleEvents>()({
      name: "buyer",
      source: "category",
      key: ({ payload: { buyer } }) => {
        if (buyer === "buyer-1") throw new Error("Nobody knows this buyer.");
        return buyer;
      },
      initialState: () => ({ sales: 0 }),
      handlers: { sold: ({ sales: before }) => ({ sales: before + 1 }) },
    });
    const onFailure = retry({ times: 0 }).then("skip");
    const buyers = projectionSubscription({ projector, source: sales, projectionStore, partitions: 3, onFailure });
    await publishSales(sales, { count: 100, buyers: 10 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers);
    expect(await projectionStore.of(projector).count()).toBe(9);
    const skipped = broker.status().subscriptions[0]?.held.map((held) => held.skipped) ?? [];
    expect(skipped.reduce((sum, count) => sum + count, 0)).toBe(10);
  });
});

describe("a projection storage", () => {
  it("is waited for when it cannot be reached: no event is given up because of it", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections } = stage;
    const { storage: beneath } = stage.projectionAdapter;
    let outages = 0;
    const failFor = <T>(call: () => Promise<T>): Promise<T> => {
      outages += 1;
      return outages % 3 === 0 ? call() : Promise.reject(new StorageUnavailableError("The storage is down."));
    };
    const projectionStore = changedStore(stage, {
      loadMany: (keys) => failFor(() => beneath.loadMany(keys)),
      save: (request) => failFor(() => beneath.save(request)),
    });
    const onFailure = retry({ times: 0, backoff }).then("skip");
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, onFailure });
    await publishSales(sales, { count: 2_000 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers);
    expect(outages).toBeGreaterThan(5);
    expect(stage.told).not.toEqual([]);
    expect(await storedBuyers(projections)).toEqual(await foldedBuyers(sales));
  });

  it("makes nothing fold twice when its replies are lost after a save", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections } = stage;
    const { storage: beneath } = stage.projectionAdapter;
    let saves = 0;
    const projectionStore = changedStore(stage, {
      save: async (request) => {
        const result = await beneath.save(request);
        saves += 1;
        if (saves % 2 === 1) throw new StorageUnavailableError("The reply was lost.");
        return result;
      },
    });
    const onFailure = retry({ times: 0, backoff }).then("skip");
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, onFailure });
    await publishSales(sales, { count: 2_000 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers);
    expect(saves).toBeGreaterThan(1);
    expect(await storedBuyers(projections)).toEqual(await foldedBuyers(sales));
  });

  it("is read again when others have saved meanwhile", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections } = stage;
    const { storage: beneath } = stage.projectionAdapter;
    let conflicts = 0;
    const projectionStore = changedStore(stage, {
      save: async (request) => {
        if (conflicts < 3) {
          conflicts += 1;
          const ahead = (await buyerProjector.projectMany(sales)).slice(0, conflicts * 3);
          await projections.saveMany(ahead);
        }
        return beneath.save(request);
      },
    });
    const buyers = projectionSubscription({ projector: buyerProjector, source: sales, projectionStore });
    await publishSales(sales, { count: 2_000 });
    const broker = stage.broker({ subscriptions: [buyers] });
    await broker.start();
    await broker.whenCaughtUp(buyers);
    expect(conflicts).toBe(3);
    expect(stage.told).toEqual([]);
    expect(await storedBuyers(projections)).toEqual(await foldedBuyers(sales));
  });
});
