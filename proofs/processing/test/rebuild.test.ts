import { consumeAll, projectionSubscription, type RebuildProgress, rebuild, retry } from "@eventfold/processing";
import { projectorFor } from "@eventfold/projections";
import { StorageUnavailableError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { openProjectionStage, type ProjectionStage } from "../src/projection-stage.ts";
import { publishSales, type SaleEvents } from "../src/sales.ts";
import { waitFor } from "../src/waiting-for.ts";

/** A version that counts in units of its own, so that what readers see tells which it is. */
function buyersOf(version: number, fold: (cents: number) => number = (cents) => cents) {
  return projectorFor<{ cents: number; version: number }, SaleEvents>()({
    name: "buyer",
    version,
    source: "category",
    key: ({ payload }) => payload.buyer,
    initialState: () => ({ cents: 0, version }),
    handlers: { sold: (state, { payload }) => ({ ...state, cents: state.cents + fold(payload.cents) }) },
  });
}

type Buyers = ReturnType<typeof buyersOf>;

function definitionOf({ sales, projections }: ProjectionStage, projector: Buyers) {
  return { projector, source: sales, projectionStore: projections, partitions: 3 } as const;
}

/** What readers see who know nothing of versions. */
async function seen({ projections }: ProjectionStage, projector: Buyers) {
  const stored: Awaited<ReturnType<Buyers["projectMany"]>>[number][] = [];
  for await (const projection of projections.of(projector).all({})) stored.push(projection);
  return stored.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function folded({ sales }: ProjectionStage, projector: Buyers) {
  return (await projector.projectMany(sales)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const first = buyersOf(1);
const second = buyersOf(2);

/** With the first version up to date. */
async function openWithFirst(): Promise<ProjectionStage> {
  const stage = await openProjectionStage();
  await publishSales(stage.sales, { count: 2_000 });
  await consumeAll(projectionSubscription(definitionOf(stage, first)), { storage: stage.storage });
  return stage;
}

describe("rebuild", () => {
  it("makes readers see the new version once it is complete, while the old one goes on", async () => {
    await using stage = await openWithFirst();
    const { sales, storage, projections } = stage;
    const old = projectionSubscription(definitionOf(stage, first));
    const oldNode = stage.broker({ subscriptions: [old] });
    await oldNode.start();
    const versions = new Set<number>();
    const progress: RebuildProgress[] = [];
    const handled: Promise<void>[] = [];
    const slow = buyersOf(2, (cents) => {
      if (cents === 1_000) handled.push(publishSales(sales, { count: 100, from: 5_000 }));
      return cents;
    });
    const looking = waitFor(async () => {
      for (const { state } of await seen(stage, second)) versions.add(state.version);
      return versions.has(2);
    });
    const rebuilt = await rebuild({ ...definitionOf(stage, slow), storage, onProgress: (at) => progress.push(at) });
    await looking;
    await Promise.all(handled);
    expect(rebuilt).toEqual({ activeVersion: 2, cleared: 0 });
    expect(versions).toEqual(new Set([1, 2]));
    expect(progress.at(-1)?.upTo).toBe(progress.at(-1)?.target);
    await oldNode.whenCaughtUp(old);
    const { items } = await projections.of(first).search({}, { projectorVersion: 1 });
    expect(items.reduce((sum, { state }) => sum + state.cents, 0)).toBe(
      (await folded(stage, first)).reduce((sum, { state }) => sum + state.cents, 0),
    );
    await consumeAll(projectionSubscription(definitionOf(stage, second)), { storage });
    expect(await seen(stage, second)).toEqual(await folded(stage, second));
  });

  it("shows nothing of the new version before that, and goes on from where it was interrupted", async () => {
    await using stage = await openWithFirst();
    const end = new AbortController();
    let folds = 0;
    const counting = buyersOf(2, (cents) => {
      folds += 1;
      if (folds === 900) end.abort(new Error("that is enough"));
      return cents;
    });
    const interrupted = rebuild({ ...definitionOf(stage, counting), storage: stage.storage, signal: end.signal });
    await expect(interrupted).rejects.toThrow("that is enough");
    expect(new Set((await seen(stage, first)).map(({ state }) => state.version))).toEqual(new Set([1]));
    await rebuild({ ...definitionOf(stage, counting), storage: stage.storage });
    expect(await seen(stage, second)).toEqual(await folded(stage, second));
    expect(folds).toBe(2_000);
  });

  it("is shared by all who run it, and by brokers that have its subscription", async () => {
    await using stage = await openWithFirst();
    const { storage } = stage;
    const broker = stage.broker({ subscriptions: [projectionSubscription(definitionOf(stage, second))] });
    await broker.start();
    const both = [1, 2].map(() => rebuild({ ...definitionOf(stage, second), storage }));
    expect(await Promise.all(both)).toEqual([
      { activeVersion: 2, cleared: 0 },
      { activeVersion: 2, cleared: 0 },
    ]);
    expect(await seen(stage, second)).toEqual(await folded(stage, second));
  });

  it("activates nothing when an event cannot be folded", async () => {
    await using stage = await openWithFirst();
    const broken = buyersOf(2, (cents) => {
      if (cents === 700) throw new Error("This sale cannot be folded.");
      return cents;
    });
    const onFailure = retry({ times: 0 }).then("pause");
    const failed = rebuild({ ...definitionOf(stage, broken), storage: stage.storage, onFailure });
    await expect(failed).rejects.toMatchObject({ code: "PARTITION_PAUSED" });
    expect(await stage.projections.activeVersion("buyer")).toBe(1);
    expect(await seen(stage, first)).toEqual(await folded(stage, first));
  });

  it("does not go back to an older version", async () => {
    await using stage = await openWithFirst();
    const { storage } = stage;
    await rebuild({ ...definitionOf(stage, second), storage });
    expect(await rebuild({ ...definitionOf(stage, first), storage })).toEqual({ activeVersion: 2, cleared: 0 });
    expect(await seen(stage, second)).toEqual(await folded(stage, second));
  });

  it("clears older versions on request, unless nodes work on them", async () => {
    await using stage = await openWithFirst();
    const { storage, projections } = stage;
    const oldNode = stage.broker({ subscriptions: [projectionSubscription(definitionOf(stage, first))] });
    await oldNode.start();
    const clearing = () => rebuild({ ...definitionOf(stage, second), storage, clearOlder: true });
    await expect(clearing()).rejects.toMatchObject({
      code: "OLDER_VERSION_BUSY",
      projector: "buyer",
      activeVersion: 2,
      projectorVersion: 1,
      nodes: ["node-1"],
      isRetryable: true,
      message:
        'Version 2 of the projector "buyer" is active, but version 1 was not cleared, because node-1 still works on it. Stop these nodes or give them the new version, and call rebuild again.',
    });
    expect(await projections.activeVersion("buyer")).toBe(2);
    await oldNode.stop();
    expect(await clearing()).toEqual({ activeVersion: 2, cleared: 23 });
    expect(await projections.of(first).count({}, { projectorVersion: 1 })).toBe(0);
    const { subscriptions } = await storage.storage.status({ names: undefined });
    expect(subscriptions.map(({ name }) => name)).toEqual(["buyer@2"]);
    await consumeAll(projectionSubscription(definitionOf(stage, first)), { storage }); // should somebody go back to it
    expect(await projections.of(first).count({}, { projectorVersion: 1 })).toBe(23);
    await projections.of(first).activate();
    expect(await seen(stage, first)).toEqual(await folded(stage, first));
  });

  it("leaves older versions whole when it fails while it clears them", async () => {
    await using stage = await openWithFirst();
    const { storage, projections } = stage;
    const projectionStore = new Proxy(projections, {
      get(target, member) {
        const value: unknown = Reflect.get(target, member, target);
        if (member !== "clear") return typeof value === "function" ? value.bind(target) : value;
        return async (...args: Parameters<typeof target.clear>) => {
          await target.clear(...args);
          throw new StorageUnavailableError("The reply was lost.");
        };
      },
    });
    const clearing = rebuild({ ...definitionOf(stage, second), projectionStore, storage, clearOlder: true });
    await expect(clearing).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await consumeAll(projectionSubscription(definitionOf(stage, first)), { storage });
    await projections.of(first).activate();
    expect(await seen(stage, first)).toEqual(await folded(stage, first));
  });
});
