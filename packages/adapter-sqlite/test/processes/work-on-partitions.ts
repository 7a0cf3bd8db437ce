// Claims partitions of a subscription and moves their checkpoints one by one until it is told to stop, or killed. Those of even
// partitions it moves together with a row of its own, in a transaction. It prints each claim and each move once acknowledged, and
// what it has lost. Told to freeze it does nothing until it is told to thaw, and then goes on with the leases that it had.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import type { CheckpointMove, ClaimedPartition } from "@eventfold/processing";
import { isEventfoldError } from "@eventfold/types";
import { subscriptionOf } from "../processing/leases.ts";

const [filename = "", name = ""] = process.argv.slice(2);
const adapter = await SqliteProcessingStorageAdapter.open({ filename });
const { storage } = adapter;
const session = randomUUID();
const thawed = Promise.withResolvers<void>();
let [isStopping, isFreezing] = [false, false];
const told = createInterface({ input: process.stdin });
told.on("line", (line) => {
  if (line === "stop") isStopping = true;
  if (line === "freeze") isFreezing = true;
  if (line === "thaw") thawed.resolve();
});

const [registered] = await storage.register([subscriptionOf("mails", 8)]);
const subscription = registered?.id ?? 0;
await storage.beginSession({ id: session, name, leaseMs: 10_000 });
console.log("began", session);

let leases: readonly ClaimedPartition[] = [];
while (!isStopping) {
  const seen = await storage.beat({ session, name, subscriptions: [subscription] });
  if (seen.kind === "ended") break;
  const living = new Set(seen.sessions.map(({ id }) => id));
  const free = seen.partitions.filter(({ owner }) => owner === undefined || !living.has(owner));
  if (free.length > 0) {
    const claimed = await storage.claim({ session, partitions: free.slice(0, 3) });
    for (const { partition, token } of claimed) console.log("claimed", partition, token);
    leases = [...leases, ...claimed];
  }
  if (isFreezing && leases.length > 0) {
    console.log("frozen");
    await thawed.promise;
  }
  const kept = await Promise.all(leases.map(moved));
  leases = kept.filter((lease) => lease !== undefined);
  const [first, ...others] = leases;
  if (first === undefined || others.length < 2) continue;
  await storage.release([first]);
  leases = others;
}
await storage.release(leases);
await adapter.close();
told.close();
process.stdin.destroy();

/** Moves the checkpoint of a lease by one. @returns the lease as it is then, unless it was lost. */
async function moved(lease: ClaimedPartition): Promise<ClaimedPartition | undefined> {
  const { partition, token, checkpoint } = lease;
  const next = { sequenceNumber: checkpoint.sequenceNumber + 1, eventId: undefined };
  const move = { subscription, partition, token, was: checkpoint.sequenceNumber, checkpoint: next };
  const isMoved = partition % 2 === 0 ? await movedWithRow(move) : await movedAlone(move);
  if (!isMoved) {
    console.log("lost", partition, token);
    return undefined;
  }
  console.log("moved", partition, token, next.sequenceNumber);
  return { ...lease, checkpoint: next };
}

async function movedAlone(move: CheckpointMove): Promise<boolean> {
  const [outcome] = await storage.saveCheckpoints([move]);
  return outcome?.kind === "moved";
}

async function movedWithRow(move: CheckpointMove): Promise<boolean> {
  try {
    await adapter.transaction(async (tx) => {
      await adapter.within(tx).commitWith({ moves: [move] });
      const { partition, checkpoint } = move;
      tx.client.prepare("INSERT INTO effects VALUES (?, ?)").run(partition, checkpoint.sequenceNumber);
    });
    return true;
  } catch (error) {
    if (isEventfoldError(error, "LEASE_LOST")) return false;
    throw error;
  }
}
