import type { CheckpointMove, ProcessingStorageAdapter } from "@eventfold/processing";
import { changedProcessingAdapter as changed } from "../changed-processing-adapter.ts";
import {
  type BrokenProcessingAdapter,
  storedPartition,
  withStoredToken,
  withStoredTokens,
} from "./broken-processing-adapter.ts";

/** The moves whose partition is still at the token that was seen. */
async function notLost(
  beneath: ProcessingStorageAdapter,
  moves: readonly CheckpointMove[],
): Promise<readonly CheckpointMove[]> {
  const stored = await Promise.all(moves.map((move) => storedPartition(beneath, move)));
  return moves.filter((move, n) => stored[n]?.token === move.token);
}

/** Checkpoints, parked events and transactions. */
export const brokenCheckpointsAndParking: readonly BrokenProcessingAdapter[] = [
  {
    rule: "P7",
    fault: "does not compare the token",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: async (moves) => beneath.storage.saveCheckpoints(await withStoredTokens(beneath, moves)),
      }),
  },
  {
    rule: "P7",
    fault: "does not compare the old checkpoint",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: async (moves) => {
          const stored = await Promise.all(moves.map((move) => storedPartition(beneath, move)));
          return beneath.storage.saveCheckpoints(
            moves.map((move, n) => ({ ...move, was: stored[n]?.checkpoint.sequenceNumber ?? move.was })),
          );
        },
      }),
  },
  {
    rule: "P7",
    fault: "keeps no event ids",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: (moves) =>
          beneath.storage.saveCheckpoints(
            moves.map((move) => ({ ...move, checkpoint: { ...move.checkpoint, eventId: undefined } })),
          ),
      }),
  },
  {
    rule: "P7",
    fault: "moves nothing where one cannot be moved",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: async (moves) => {
          if ((await notLost(beneath, moves)).length === moves.length) return beneath.storage.saveCheckpoints(moves);
          return moves.map(() => ({ kind: "lost" }));
        },
      }),
  },
  {
    rule: "P7",
    fault: "lets anybody report",
    wrap: (beneath) =>
      changed(beneath, {
        report: async (report) => beneath.storage.report(await withStoredToken(beneath, report)),
      }),
  },
  {
    rule: "P8",
    fault: "parks without the checkpoint",
    wrap: (beneath) => changed(beneath, { park: (request) => beneath.storage.park({ ...request, was: undefined }) }),
  },
  {
    rule: "P8",
    fault: "parks although the checkpoint is elsewhere",
    wrap: (beneath) =>
      changed(beneath, {
        park: async (request) => {
          const outcome = await beneath.storage.park(request);
          return outcome.kind === "elsewhere" ? beneath.storage.park({ ...request, was: undefined }) : outcome;
        },
      }),
  },
  {
    rule: "P8",
    fault: "parks for whoever had the partition",
    wrap: (beneath) =>
      changed(beneath, {
        park: async (request) => beneath.storage.park(await withStoredToken(beneath, request)),
      }),
  },
  {
    rule: "P8",
    fault: "forgets that a stream waits once the checkpoint is past it",
    wrap: (beneath) =>
      changed(beneath, {
        loadParked: async (request) => {
          const loaded = await beneath.storage.loadParked(request);
          const stored = await Promise.all(loaded.map((each) => storedPartition(beneath, each)));
          return loaded.map(({ marks, ...each }, n) => {
            const done = stored[n]?.checkpoint.sequenceNumber ?? 0;
            return { ...each, marks: marks.filter(({ sequenceNumber }) => sequenceNumber > done) };
          });
        },
      }),
  },
  {
    rule: "P8",
    fault: "unparks for whoever had the partition",
    wrap: (beneath) =>
      changed(beneath, {
        unpark: async (request) => beneath.storage.unpark(await withStoredToken(beneath, request)),
      }),
  },
  {
    rule: "P8",
    fault: "keeps one parked event for all keys",
    wrap: (beneath) =>
      changed(beneath, {
        park: (request) => beneath.storage.park({ ...request, event: { ...request.event, hash: request.partition } }),
      }),
  },
  {
    rule: "P12",
    fault: "moves the checkpoint before the transaction commits",
    wrap: (beneath) =>
      changed(beneath, {
        within: (transaction) => {
          const inside = beneath.within(transaction);
          return {
            get isClosed() {
              return inside.isClosed;
            },
            commitWith: async ({ moves = [], ...step }) => {
              await beneath.storage.saveCheckpoints(moves);
              await inside.commitWith(step);
            },
          };
        },
      }),
  },
  {
    rule: "P12",
    fault: "commits without what was lost",
    wrap: (beneath) =>
      changed(beneath, {
        within: (transaction) => {
          const inside = beneath.within(transaction);
          return {
            get isClosed() {
              return inside.isClosed;
            },
            commitWith: async ({ moves = [], ...step }) =>
              inside.commitWith({ ...step, moves: await notLost(beneath, moves) }),
          };
        },
      }),
  },
  {
    rule: "P12",
    fault: "takes a checkpoint that is where it should go for a repeat, and commits the work twice",
    wrap: (beneath) =>
      changed(beneath, {
        within: (transaction) => {
          const inside = beneath.within(transaction);
          return {
            get isClosed() {
              return inside.isClosed;
            },
            commitWith: async ({ moves = [], ...step }) => {
              const stored = await Promise.all(moves.map((move) => storedPartition(beneath, move)));
              const open = moves.filter(
                ({ checkpoint }, n) => stored[n]?.checkpoint.sequenceNumber !== checkpoint.sequenceNumber,
              );
              await inside.commitWith({ ...step, moves: open });
            },
          };
        },
      }),
  },
  {
    rule: "P12",
    fault: "lets a transaction commit although a parked event is gone",
    wrap: (beneath) =>
      changed(beneath, {
        within: (transaction) => {
          const inside = beneath.within(transaction);
          return {
            get isClosed() {
              return inside.isClosed;
            },
            commitWith: async ({ unparked = [], ...step }) => {
              for (const each of unparked) await beneath.storage.unpark(each);
              await inside.commitWith(step);
            },
          };
        },
      }),
  },
  {
    rule: "P12",
    fault: "parks events before the transaction commits",
    wrap: (beneath) =>
      changed(beneath, {
        within: (transaction) => {
          const inside = beneath.within(transaction);
          return {
            get isClosed() {
              return inside.isClosed;
            },
            commitWith: async ({ parked = [], ...step }) => {
              for (const each of parked) await beneath.storage.park({ ...each, was: undefined });
              await inside.commitWith(step);
            },
          };
        },
      }),
  },
  {
    rule: "P12",
    fault: "says that more transactions may be open than leave a connection for other calls",
    isWaitedFor: true,
    wrap: (beneath) => changed(beneath, { transactionsAtOnce: beneath.transactionsAtOnce + 90 }),
  },
  {
    rule: "P14",
    fault: "does not know a move again",
    wrap: (beneath) =>
      changed(beneath, {
        saveCheckpoints: async (moves) => {
          const stored = await Promise.all(moves.map((move) => storedPartition(beneath, move)));
          const outcomes = await beneath.storage.saveCheckpoints(moves);
          return outcomes.map((outcome, n) => {
            const checkpoint = stored[n]?.checkpoint;
            if (outcome.kind !== "moved" || checkpoint === undefined) return outcome;
            return checkpoint.sequenceNumber === moves[n]?.was ? outcome : { kind: "elsewhere", checkpoint };
          });
        },
      }),
  },
];
