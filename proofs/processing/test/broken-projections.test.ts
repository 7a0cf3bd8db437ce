import { consumeAll, projectionSubscription, type Subscription } from "@eventfold/processing";
import { ProjectionStore } from "@eventfold/projections";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { foldedBuyers, openProjectionStage, type ProjectionStage, storedBuyers } from "../src/projection-stage.ts";
import { buyerProjector, publishSales } from "../src/sales.ts";

interface BrokenProjections {
  readonly what: string;
  readonly store?: (stage: ProjectionStage) => ProjectionStore;
  readonly subscription?: (made: Subscription) => Subscription;
}

const broken: readonly BrokenProjections[] = [
  {
    what: "partitions by stream for a projector with a key",
    subscription: (made) => ({ ...made, partitionBy: ({ stream }) => stream }),
  },
  {
    what: "saves that compare nothing",
    store: ({ projectionAdapter }) => {
      const { storage } = projectionAdapter;
      const save: typeof storage.save = ({ writes }) =>
        storage.save({ writes: writes.map(({ projection }) => ({ projection, unchangedSince: undefined })) });
      return new ProjectionStore({ adapter: withChanges(projectionAdapter, { save }) });
    },
  },
];

/** Two nodes fold the same sales. One does not know that it has lost its partitions, and both save what they have. */
async function foldTwice(stage: ProjectionStage, { store, subscription: broken = (made) => made }: BrokenProjections) {
  const { sales, projections } = stage;
  const projectionStore = store?.(stage) ?? projections;
  const subscriptionOf = () =>
    broken(projectionSubscription({ projector: buyerProjector, source: sales, projectionStore, partitions: 4 }));
  const late = subscriptionOf();
  await publishSales(sales, { count: 300, buyers: 11 });
  if (late.handler.beginFold === undefined) throw new TypeError("It folds.");
  const frozen = late.handler.beginFold({ partition: 0, partitions: 1, fencingToken: 1 });
  await frozen.fold(await sales.read());
  await publishSales(sales, { count: 300, from: 300, buyers: 11 });
  await consumeAll(subscriptionOf(), { storage: stage.storage });
  await frozen.save().catch(() => {});
}

describe("the stored projections", () => {
  it("are right although a node that has lost the partition still saves", async () => {
    await using stage = await openProjectionStage();
    await foldTwice(stage, { what: "nothing" });
    expect(await storedBuyers(stage.projections)).toEqual(await foldedBuyers(stage.sales));
  });

  it.each(broken)("differ with $what", async (breakage) => {
    await using stage = await openProjectionStage();
    await foldTwice(stage, breakage);
    expect(await storedBuyers(stage.projections)).not.toEqual(await foldedBuyers(stage.sales));
  });
});
