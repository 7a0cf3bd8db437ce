import { randomUUID } from "node:crypto";
import {
  type CheckpointAheadOfLogErrorOptions,
  type ClaimedPartition,
  type ParkedEvent,
  type PartitionLease,
  type PartitionStatus,
  type ProcessingStorage,
  type RegisteredSubscription,
  SubscriptionBusyError,
  SubscriptionMismatchError,
  type SubscriptionRegistration,
  type SubscriptionStatus,
} from "@eventfold/processing";

/** A subscription as it is carried from one storage to another: how far it is, what is paused, and what is parked. */
export interface CarriedSubscription {
  readonly subscription: SubscriptionStatus;
  /** In the order of sequence numbers. */
  readonly parked: readonly ParkedEvent[];
}

/** Reads all subscriptions of a storage. */
export async function readCarried(storage: ProcessingStorage): Promise<readonly CarriedSubscription[]> {
  const { subscriptions } = await storage.status({ names: undefined });
  const carried: CarriedSubscription[] = [];
  for (const subscription of subscriptions) {
    carried.push({ subscription, parked: await parkedOf(storage, subscription.id) });
  }
  return carried;
}

async function parkedOf(storage: ProcessingStorage, subscription: number): Promise<ParkedEvent[]> {
  const all: ParkedEvent[] = [];
  for (;;) {
    const page = await storage.listParked({ subscription, of: undefined, after: all.at(-1), limit: PARKED_PER_PAGE });
    all.push(...page);
    if (page.length < PARKED_PER_PAGE) return all;
  }
}

const PARKED_PER_PAGE = 500;

/** Longer than a storage takes to store it all: whoever stands still for so long has died. */
const LEASE_MS = 60_000;

/**
 * Stores subscriptions in another storage, with their checkpoints, what is paused and what is parked. A checkpoint that is
 * further there stays, so it can be called again; what was parked by an earlier call and is no longer, is parked no longer there either.
 * It works as a node does that claims the partitions and releases them.
 *
 * @throws `SubscriptionMismatchError` (`SUBSCRIPTION_MISMATCH`) when a subscription of the name is another one there.
 * @throws `SubscriptionBusyError` (`SUBSCRIPTION_BUSY`) when a node works on one there, or takes it away meanwhile.
 */
export async function storeCarried(storage: ProcessingStorage, carried: readonly CarriedSubscription[]): Promise<void> {
  if (carried.length === 0) return;
  const session = { id: randomUUID(), name: `eventfold copy ${randomUUID()}`, leaseMs: LEASE_MS };
  await storage.register(carried.map(registrationOf));
  await storage.beginSession(session);
  try {
    const names = carried.map(({ subscription }) => subscription.name);
    const { subscriptions } = await storage.status({ names });
    const targets = new Map(subscriptions.map((target) => [target.name, target]));
    for (const each of carried) {
      const target = targets.get(each.subscription.name);
      if (target === undefined) throw new TypeError("A subscription that was registered is not stored.");
      refuseOther(target, each.subscription);
      const claimed = await storage.claim({ session: session.id, partitions: target.status.map(leaseOf) });
      const isStored =
        claimed.length === target.status.length && (await writePartitions(storage, each, { target, claimed }));
      if (!isStored) {
        const { sessions } = await storage.status({ names });
        throw busyFault(
          target,
          sessions.filter(({ id }) => id !== session.id),
        );
      }
    }
  } finally {
    await storage.endSession(session.id);
  }
}

/** Returns whether all of it was stored: not if somebody else has a partition by now. */
async function writePartitions(
  storage: ProcessingStorage,
  { subscription, parked }: CarriedSubscription,
  { target, claimed }: { readonly target: SubscriptionStatus; readonly claimed: readonly ClaimedPartition[] },
): Promise<boolean> {
  const there = await parkedOf(storage, target.id);
  for (const claim of claimed) {
    const partition = subscription.status.find((each) => each.partition === claim.partition);
    if (partition === undefined) continue;
    const carried = { partition, parked: within(claim, parked), there: within(claim, there) };
    if (!(await writePartition(storage, claim, carried))) return false;
  }
  return true;
}

interface CarriedPartition {
  readonly partition: PartitionStatus;
  /** What is parked in it, and what is so there. */
  readonly parked: readonly ParkedEvent[];
  readonly there: readonly ParkedEvent[];
}

async function writePartition(
  storage: ProcessingStorage,
  claim: ClaimedPartition,
  { partition: { checkpoint, isPaused, error }, parked, there }: CarriedPartition,
): Promise<boolean> {
  const lease = leaseOf(claim);
  for (const event of parked) {
    if ((await storage.park({ ...lease, event, was: undefined })).kind !== "parked") return false;
  }
  const was = claim.checkpoint.sequenceNumber;
  const numbers = new Set(parked.map(({ sequenceNumber }) => sequenceNumber));
  const handled = there.filter(({ sequenceNumber }) => !numbers.has(sequenceNumber));
  if (checkpoint.sequenceNumber >= was && handled.length > 0) {
    if ((await storage.unpark({ ...lease, parked: handled })).kind !== "done") return false;
  }
  if (checkpoint.sequenceNumber > was) {
    const [outcome] = await storage.saveCheckpoints([{ ...lease, was, checkpoint }]);
    if (outcome?.kind !== "moved") return false;
  }
  return !isPaused || (await storage.report({ ...lease, isPaused, error })).kind === "done";
}

function within({ partition }: ClaimedPartition, events: readonly ParkedEvent[]): readonly ParkedEvent[] {
  return events.filter((event) => event.partition === partition);
}

function leaseOf({ subscription, partition, token }: PartitionLease): PartitionLease {
  return { subscription, partition, token };
}

/** Its partitions begin just before the lowest checkpoint, so that each is moved to its own, with the id of the event there. */
function registrationOf({ subscription }: CarriedSubscription): SubscriptionRegistration {
  const { name, source, partitioning, partitions, status } = subscription;
  const lowest = Math.min(...status.map(({ checkpoint }) => checkpoint.sequenceNumber));
  const startAt = { sequenceNumber: Math.max(0, lowest - 1), eventId: undefined };
  return { name, source, partitioning, partitions, startAt };
}

/** A checkpoint that lies beyond a number; `undefined` if none does. */
export function checkpointBeyond(
  sequenceNumber: number,
  carried: readonly CarriedSubscription[],
): CheckpointAheadOfLogErrorOptions | undefined {
  for (const { subscription } of carried) {
    const partition = subscription.status.find(({ checkpoint }) => checkpoint.sequenceNumber > sequenceNumber);
    if (partition) return { subscription: subscription.name, partition: partition.partition, ...partition.checkpoint };
  }
  return undefined;
}

function refuseOther(stored: RegisteredSubscription, given: RegisteredSubscription): void {
  const isSame = stored.source === given.source && stored.partitioning === given.partitioning;
  if (isSame && stored.partitions === given.partitions) return;
  throw new SubscriptionMismatchError({
    subscription: given.name,
    stored: identityOf(stored),
    given: identityOf(given),
  });
}

function identityOf({ source, partitioning, partitions }: RegisteredSubscription) {
  return { source, partitioning: `${partitioning} (${partitions} partitions)` };
}

function busyFault(
  { name }: SubscriptionStatus,
  sessions: readonly { readonly name: string }[],
): SubscriptionBusyError {
  const nodes = sessions.map((session) => session.name);
  return new SubscriptionBusyError({ subscription: name, nodes, wanted: "overwritten" });
}
