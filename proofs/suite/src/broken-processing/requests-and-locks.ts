import { randomUUID } from "node:crypto";
import type { PartitionKey, WaitingRequest } from "@eventfold/processing";
import { changedProcessingAdapter as changed } from "../changed-processing-adapter.ts";
import { type BrokenProcessingAdapter, storedPartition, withStoredToken } from "./broken-processing-adapter.ts";

/** A partition that shows only the last of its requests. */
function withLastRequest<T extends { readonly requests: readonly WaitingRequest[] }>(row: T): T {
  return { ...row, requests: row.requests.slice(-1) };
}

/** Requests, repartitioning, locks, wake-ups and the life cycle. */
export const brokenRequestsAndLocks: readonly BrokenProcessingAdapter[] = [
  {
    rule: "P9",
    fault: "loses a request when another one is made",
    wrap: (beneath) =>
      changed(beneath, {
        beat: async (request) => {
          const outcome = await beneath.storage.beat(request);
          return outcome.kind === "beaten"
            ? { ...outcome, partitions: outcome.partitions.map(withLastRequest) }
            : outcome;
        },
      }),
  },
  {
    rule: "P9",
    fault: "loses what was asked when the partition changes hands",
    wrap: (beneath) =>
      changed(beneath, {
        claim: async (request) => (await beneath.storage.claim(request)).map((row) => ({ ...row, requests: [] })),
      }),
  },
  {
    rule: "P9",
    fault: "changes a partition under its owner's hands",
    wrap: (beneath) =>
      changed(beneath, {
        request: async (call) => {
          const outcomes = await beneath.storage.request(call);
          for (const { partition } of outcomes) {
            const lease = await withStoredToken(beneath, { subscription: call.subscription, partition });
            await beneath.storage.carryOut({ ...lease, id: call.id });
          }
          return outcomes;
        },
      }),
  },
  {
    rule: "P9",
    fault: "does not know a request again",
    wrap: (beneath) => changed(beneath, { request: (call) => beneath.storage.request({ ...call, id: randomUUID() }) }),
  },
  {
    rule: "P9",
    fault: "lets anybody carry out",
    wrap: (beneath) =>
      changed(beneath, {
        carryOut: async (request) => beneath.storage.carryOut(await withStoredToken(beneath, request)),
      }),
  },
  {
    rule: "P10",
    fault: "loses a partition",
    wrap: (beneath) => {
      const repartitioned = new Set<number>();
      const isThere = ({ subscription, partition }: PartitionKey): boolean =>
        partition === 0 || !repartitioned.has(subscription);
      return changed(beneath, {
        repartition: (call) => {
          repartitioned.add(call.subscription);
          return beneath.storage.repartition(call);
        },
        status: async (request) => {
          const status = await beneath.storage.status(request);
          const subscriptions = status.subscriptions.map((each) =>
            each.repartition === undefined ? { ...each, status: each.status.filter(isThere) } : each,
          );
          return { ...status, subscriptions };
        },
      });
    },
  },
  {
    rule: "P10",
    fault: "takes an owner that is beyond the fence back to it",
    wrap: (beneath) =>
      changed(beneath, {
        arrive: async (arrival) => {
          const stored = await storedPartition(beneath, arrival);
          const { subscriptions } = await beneath.storage.status({ names: undefined });
          const fence = subscriptions.find(({ id }) => id === arrival.subscription)?.repartition?.fence;
          const was = stored?.checkpoint.sequenceNumber ?? 0;
          if (fence !== undefined && was > fence) {
            const checkpoint = { sequenceNumber: fence, eventId: undefined };
            await beneath.storage.saveCheckpoints([{ ...arrival, was, checkpoint }]);
          }
          return beneath.storage.arrive(arrival);
        },
      }),
  },
  {
    rule: "P10",
    fault: "does not wait for those below the fence",
    wrap: (beneath) =>
      changed(beneath, {
        arrive: async (arrival) => {
          const outcome = await beneath.storage.arrive(arrival);
          if (outcome.kind !== "early") return outcome;
          const was = (await storedPartition(beneath, arrival))?.checkpoint.sequenceNumber ?? 0;
          const checkpoint = { sequenceNumber: outcome.fence, eventId: undefined };
          await beneath.storage.saveCheckpoints([{ ...arrival, was, checkpoint }]);
          return beneath.storage.arrive(arrival);
        },
      }),
  },
  {
    rule: "P10",
    fault: "leaves parked events with partitions that are gone",
    wrap: (beneath) => {
      const repartitioned = new Set<number>();
      return changed(beneath, {
        repartition: (call) => {
          repartitioned.add(call.subscription);
          return beneath.storage.repartition(call);
        },
        loadParked: async (request) => {
          const loaded = await beneath.storage.loadParked(request);
          return loaded.map((each) => (repartitioned.has(each.subscription) ? { ...each, marks: [], count: 0 } : each));
        },
      });
    },
  },
  {
    rule: "P11",
    fault: "takes a lock away from its holder",
    wrap: (beneath) => {
      const holders = new Map<string, string>();
      return changed(beneath, {
        tryLock: async (attempt) => {
          const held = await beneath.storage.tryLock(attempt);
          const holder = holders.get(attempt.name);
          if (held.kind === "held" && holder !== undefined) {
            await beneath.storage.releaseLock({ name: attempt.name, holder });
          }
          const outcome = await beneath.storage.tryLock(attempt);
          if (outcome.kind === "taken") holders.set(attempt.name, attempt.holder);
          return outcome;
        },
      });
    },
  },
  {
    rule: "P11",
    fault: "gives every holder the same token",
    wrap: (beneath) =>
      changed(beneath, {
        tryLock: async (attempt) => {
          const outcome = await beneath.storage.tryLock(attempt);
          return outcome.kind === "taken" ? { ...outcome, token: 1 } : outcome;
        },
      }),
  },
  {
    rule: "P11",
    fault: "takes two holders of one session for one",
    wrap: (beneath) =>
      changed(beneath, {
        tryLock: (attempt) => beneath.storage.tryLock({ ...attempt, holder: attempt.session }),
        releaseLock: () => Promise.resolve(),
      }),
  },
  {
    rule: "P15",
    fault: "wakes nobody",
    wrap: (beneath) => changed(beneath, { onChange: () => () => {} }),
    isWaitedFor: true,
  },
  {
    rule: "P16",
    fault: "still answers after it was closed",
    wrap: (beneath) =>
      changed(beneath, {
        loadParked: async (request) => (beneath.isClosed ? [] : beneath.storage.loadParked(request)),
      }),
  },
  {
    rule: "P16",
    fault: "says that it was closed from inside a transaction",
    wrap: (beneath) => changed(beneath, { close: () => beneath.close().catch(() => {}) }),
  },
];
