import type { ClosingStep, ProcessingStorageAdapter } from "@eventfold/processing";
import { assertDelivery, checkDelivery, type DeliveryViolationKind } from "@eventfold/testing/delivery";
import { describe, expect, it } from "vitest";
import { runTransactions } from "../src/transactional-run.ts";

interface BrokenTransactions {
  readonly what: string;
  readonly kind: DeliveryViolationKind;
  readonly storage: (beneath: ProcessingStorageAdapter) => ProcessingStorageAdapter;
}

const broken: readonly BrokenTransactions[] = [
  {
    what: "checkpoints that are saved by themselves after the commit",
    kind: "repeated-effect",
    storage: (beneath) =>
      closingBy(beneath, async ({ moves = [] }) => {
        setTimeout(() => beneath.storage.saveCheckpoints(moves).catch(() => {}), 1);
      }),
  },
  {
    what: "a storage that compares no tokens when a transaction commits",
    kind: "repeated-effect",
    storage: (beneath) =>
      closingBy(beneath, async ({ moves = [] }, commitWith) => {
        const { subscriptions } = await beneath.storage.status({ names: undefined });
        const stored = subscriptions.flatMap(({ status }) => status);
        const owned = moves.flatMap((move) => {
          const row = stored.find(({ partition }) => partition === move.partition);
          const was = row?.checkpoint.sequenceNumber ?? 0;
          return was >= move.checkpoint.sequenceNumber ? [] : { ...move, token: row?.token ?? 0, was };
        });
        await commitWith({ moves: owned });
      }),
  },
];

/** An adapter whose transactions close in another way. */
function closingBy(
  beneath: ProcessingStorageAdapter,
  close: (step: ClosingStep, commitWith: (step: ClosingStep) => Promise<void>) => Promise<void>,
): ProcessingStorageAdapter {
  const within: ProcessingStorageAdapter["within"] = (transaction) => {
    const inside = beneath.within(transaction);
    return {
      get isClosed() {
        return inside.isClosed;
      },
      commitWith: (step) => close(step, (own) => inside.commitWith(own)),
    };
  };
  return new Proxy(beneath, {
    get: (target, member) => {
      if (member === "within") return within;
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("the delivery checker, of handlers in transactions", () => {
  it("finds nothing where one broker takes over from another", async () => {
    const { records, effects, ...judgedBy } = await runTransactions();
    const verdict = assertDelivery(records, { ...judgedBy, promises: { effects, transactions: true } });
    expect(verdict).toMatchObject({ handled: 12, repeated: 1, parked: 0 });
    expect(effects).toHaveLength(12);
  });

  it.each(broken)("finds $what", async ({ kind, storage }) => {
    const { records, effects, ...judgedBy } = await runTransactions(storage);
    const { violations } = checkDelivery(records, { ...judgedBy, promises: { effects, transactions: true } });
    expect(violations.map((each) => each.kind)).toContain(kind);
  });
});
