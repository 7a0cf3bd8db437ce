import { exponentialBackoff, projectionSubscription, retry } from "@eventfold/processing";
import { projectorFor } from "@eventfold/projections";
import { assertDelivery, checkDelivery, type DeliveryViolationKind, recordDelivery } from "@eventfold/testing/delivery";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { openProjectionStage } from "../src/projection-stage.ts";
import { type BrokenFolding, runProjections } from "../src/recorded-projections.ts";
import { publishSales, type SaleEvents } from "../src/sales.ts";

interface BrokenProjections extends BrokenFolding {
  readonly what: string;
  readonly kind: DeliveryViolationKind;
}

const broken: readonly BrokenProjections[] = [
  {
    what: "saves that compare nothing",
    kind: "missing-effect",
    projections: (beneath) =>
      withChanges(beneath, {
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map(({ projection }) => ({ projection, unchangedSince: undefined })) }),
      }),
  },
  {
    what: "projections that do not say how far they are folded",
    kind: "repeated-effect",
    projections: (beneath) =>
      withChanges(beneath, {
        loadMany: async (keys) =>
          (await beneath.storage.loadMany(keys)).map((stored) => ({ ...stored, lastSequenceNumber: 0 })),
        save: ({ writes }) =>
          beneath.storage.save({ writes: writes.map(({ projection }) => ({ projection, unchangedSince: undefined })) }),
      }),
  },
  {
    what: "saves that leave a projection out",
    kind: "missing-effect",
    projections: (beneath) =>
      withChanges(beneath, { save: ({ writes }) => beneath.storage.save({ writes: writes.slice(0, -1) }) }),
  },
  {
    what: "partitions by stream for a projector with a key",
    kind: "disorder",
    subscription: (recorded) => ({
      ...recorded,
      partitionBy: ({ stream }) => stream,
      onFailure: retry({ times: 0 }).then("skip"), // partitions that change one projection are in each other's way
    }),
  },
];

describe("the delivery checker, of projections", () => {
  it.each([
    { where: "in a database of their own", isShared: false },
    { where: "in transactions with the checkpoints", isShared: true },
  ])("finds nothing where one broker takes over from another, $where", async ({ isShared }) => {
    const { records, ...judgedBy } = await runProjections({ isShared });
    const { handled, repeated } = assertDelivery(records, judgedBy);
    expect(handled).toBe(judgedBy.log.length);
    if (!isShared) expect(repeated).toBeGreaterThan(0);
  });

  it.each(broken)("finds $what", async ({ what: _, kind, ...breakage }) => {
    const { records, ...judgedBy } = await runProjections({ breakage });
    const { violations } = checkDelivery(records, judgedBy);
    expect(violations.map((each) => each.kind)).toContain(kind);
  });

  it("has an event that cannot be folded as calls that failed", async () => {
    await using stage = await openProjectionStage();
    const { sales, projections, storage } = stage;
    const failing = projectorFor<number, SaleEvents>()({
      name: "failing",
      source: "category",
      key: ({ payload }) => payload.buyer,
      initialState: () => 0,
      handlers: {
        sold: (sum, { payload }) => {
          if (payload.cents === 5) throw new Error("This sale cannot be folded.");
          return sum + payload.cents;
        },
      },
    });
    const onFailure = retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) }).then("skip");
    const { subscription, records, ...recording } = recordDelivery({
      storage,
      subscription: projectionSubscription({
        projector: failing,
        source: sales,
        projectionStore: projections,
        onFailure,
      }),
    });
    await publishSales(sales, { count: 12, buyers: 3, shops: 1 });
    const broker = stage.broker({ storage: recording.storage, subscriptions: [subscription] });
    await broker.start();
    await broker.whenCaughtUp(subscription);
    const log = (await sales.read()) as readonly StoredEvent[];
    const promises = {
      skips: true,
      noRepeats: true,
      partitionBy: ({ payload }: StoredEvent) => JSON.stringify(payload),
    };
    expect(assertDelivery(records(), { log, promises })).toMatchObject({ handled: 11, repeated: 0 });
    const errors = records().flatMap((line) => (line.kind === "ended" && line.error) || []);
    expect(new Set(errors)).toEqual(new Set(["This sale cannot be folded."]));
  });
});
