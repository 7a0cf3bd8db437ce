import { setTimeout as delay } from "node:timers/promises";
import type { CheckpointMove, ProcessingSession, ProcessingStorageAdapter } from "@eventfold/processing";
import { nameIn } from "@eventfold/store";
import { assertDelivery, checkDelivery, type DeliveryViolationKind } from "@eventfold/testing/delivery";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { type Breakage, runBrokers } from "../src/delivered-run.ts";

interface BrokenBroker extends Breakage {
  readonly what: string;
  readonly kind: DeliveryViolationKind;
}

const broken: readonly BrokenBroker[] = [
  {
    what: "a checkpoint that is saved before the handler has run",
    kind: "early-checkpoint",
    subscription: (recorded) => ({
      ...recorded,
      handler: {
        handleEvent: (event, context) => {
          Promise.resolve(recorded.handler.handleEvent?.(event, context)).catch(() => {});
        },
      },
    }),
  },
  {
    what: "a storage that compares no tokens",
    kind: "stale-write",
    storage: (beneath) =>
      withChanges(beneath, {
        saveCheckpoints: async (moves) => beneath.storage.saveCheckpoints(await asOwned(beneath, moves)),
      }),
  },
  {
    what: "an eviction after one beat",
    kind: "two-owners",
    options: { checkpoint: { everyEvents: 10_000, everyMs: 10_000 } }, // or a refused one would tell the owner
    storage: (beneath, node) => evictingOwners(beneath, node, () => true),
  },
  {
    what: "leases by a wall clock, that of the heir being a minute ahead",
    kind: "two-owners",
    options: { checkpoint: { everyEvents: 10_000, everyMs: 10_000 } },
    storage: (beneath, node) =>
      evictingOwners(beneath, node, ({ beatAtMs, leaseMs }) => Date.now() + 60_000 - beatAtMs > leaseMs),
  },
  {
    what: "a partition that nobody claims again",
    kind: "abandoned-partition",
    unfinished: 3,
    storage: (beneath) =>
      withChanges(beneath, {
        claim: async ({ session, partitions }) => {
          const claimable = partitions.filter(({ partition, token }) => partition !== 3 || token === 0);
          return claimable.length === 0 ? [] : beneath.storage.claim({ session, partitions: claimable });
        },
      }),
  },
  {
    what: "an owner that does not know what was parked before its checkpoint came",
    kind: "handled-while-parked",
    storage: (beneath) =>
      withChanges(beneath, {
        loadParked: async ({ partitions }) => partitions.map((key) => ({ ...key, count: 0, marks: [] })),
      }),
  },
  {
    what: "a filter that skips",
    kind: "lost-event",
    handled: 30,
    options: { constraints: [nameIn("happened")] },
  },
];

/** The heir evicts owners of partitions whose lease it takes for over, and the frozen one finds out late. */
function evictingOwners(
  beneath: ProcessingStorageAdapter,
  node: "frozen" | "heir",
  isOver: (session: ProcessingSession) => boolean,
): ProcessingStorageAdapter {
  return withChanges(beneath, {
    beat: async (request) => {
      if (node === "frozen") await delay(60);
      const outcome = await beneath.storage.beat(request);
      if (node === "heir" && outcome.kind === "beaten") {
        const owners = new Set(outcome.partitions.map(({ owner }) => owner));
        const others = outcome.sessions.filter(({ id }) => id !== request.session && owners.has(id));
        await beneath.storage.evict(others.filter(isOver));
      }
      return outcome;
    },
  });
}

/** Moves with the token and the checkpoint that are stored, whoever owns the partition. */
async function asOwned(
  { storage }: ProcessingStorageAdapter,
  moves: readonly CheckpointMove[],
): Promise<readonly CheckpointMove[]> {
  const { subscriptions } = await storage.status({ names: undefined });
  const stored = subscriptions.flatMap(({ status }) => status);
  return moves.map((move) => {
    const row = stored.find(({ partition }) => partition === move.partition);
    return row === undefined ? move : { ...move, token: row.token, was: row.checkpoint.sequenceNumber };
  });
}

describe("the delivery checker", () => {
  it("finds nothing where one broker takes over from another", async () => {
    const { records, ...judgedBy } = await runBrokers();
    const verdict = assertDelivery(records, judgedBy);
    expect(verdict.parked).toBe(1);
    expect(verdict.handled).toBe(judgedBy.log.length - 1);
    expect(verdict.repeated).toBeGreaterThan(0);
  });

  it.each(broken)("finds $what", async ({ kind, ...breakage }) => {
    const { records, ...judgedBy } = await runBrokers(breakage);
    const { violations } = checkDelivery(records, judgedBy);
    expect(violations.map((each) => each.kind)).toContain(kind);
  });
});
