import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type {
  BeatOutcome,
  Checkpoint,
  ClaimedPartition,
  EventToPark,
  PartitionLease,
  PartitionStatus,
  ProcessingStorage,
  RegisteredSubscription,
  SubscriptionRegistration,
  SubscriptionStatus,
} from "@eventfold/processing";

/** The checkpoint at a sequence number, with an event id that is derived from the number. */
export function checkpointAt(sequenceNumber: number): Checkpoint {
  return { sequenceNumber, eventId: eventIdOf(sequenceNumber) };
}

/** An id for the event with a sequence number. */
export function eventIdOf(sequenceNumber: number): string {
  return `018f0000-0000-7000-8000-${sequenceNumber.toString(16).padStart(12, "0").slice(-12)}`;
}

/** A subscription to register. */
export function aSubscription(own: Partial<SubscriptionRegistration> = {}): SubscriptionRegistration {
  const nothing: Checkpoint = { sequenceNumber: 0, eventId: undefined };
  return {
    name: "mails",
    source: "category/users",
    partitioning: "stream/sha256-1",
    partitions: 1,
    startAt: nothing,
    ...own,
  };
}

/** Registers one subscription. */
export async function register(
  storage: ProcessingStorage,
  own: Partial<SubscriptionRegistration> = {},
): Promise<RegisteredSubscription> {
  const [registered] = await storage.register([aSubscription(own)]);
  assert.ok(registered, "a registration is answered");
  return registered;
}

/** A session that a test has begun. */
export interface Node {
  readonly id: string;
  readonly name: string;
  readonly storage: ProcessingStorage;
  /** Beats, with handlers for these subscriptions. */
  beat(...subscriptions: readonly number[]): Promise<BeatOutcome>;
}

/** Begins a session of a node. */
export async function beginNode(storage: ProcessingStorage, name: string): Promise<Node> {
  const id = randomUUID();
  await storage.beginSession({ id, name, leaseMs: 10_000 });
  return { id, name, storage, beat: (...subscriptions) => storage.beat({ session: id, name, subscriptions }) };
}

/** What the beat of a living node returns. */
export async function seenBy(
  node: Node,
  ...subscriptions: readonly number[]
): Promise<Extract<BeatOutcome, { kind: "beaten" }>> {
  const outcome = await node.beat(...subscriptions);
  if (outcome.kind !== "beaten") assert.fail(`Expected the session of ${node.name} to be living, got ${outcome.kind}.`);
  return outcome;
}

/** Claims all partitions of a subscription, and returns those that the node gets. */
export async function claimAll(node: Node, subscription: number): Promise<readonly ClaimedPartition[]> {
  const { partitions } = await seenBy(node, subscription);
  const wanted = partitions.map(({ partition, token }) => ({ subscription, partition, token }));
  return node.storage.claim({ session: node.id, partitions: wanted });
}

/** Claims one partition, which must be free. */
export async function claimOne(node: Node, subscription: number, partition = 0): Promise<ClaimedPartition> {
  const { partitions } = await seenBy(node, subscription);
  const seen = partitions.filter((each) => each.partition === partition);
  const wanted = seen.map(({ token }) => ({ subscription, partition, token }));
  const [claimed] = await node.storage.claim({ session: node.id, partitions: wanted });
  if (claimed === undefined) assert.fail(`Expected ${node.name} to get the free partition ${partition}.`);
  return claimed;
}

/** The lease of a partition that was claimed. */
export function leaseOf({ subscription, partition, token }: PartitionLease): PartitionLease {
  return { subscription, partition, token };
}

/** Moves the checkpoint of a lease from one number to another. */
export async function move(
  storage: ProcessingStorage,
  lease: PartitionLease,
  { was, to }: { readonly was: number; readonly to: number },
): Promise<string> {
  const [outcome] = await storage.saveCheckpoints([{ ...leaseOf(lease), was, checkpoint: checkpointAt(to) }]);
  return outcome?.kind ?? "no answer";
}

/** Everything that is stored about one subscription. */
export async function statusOf(storage: ProcessingStorage, name = "mails"): Promise<SubscriptionStatus> {
  const { subscriptions } = await storage.status({ names: [name] });
  const [subscription] = subscriptions;
  if (subscription === undefined) assert.fail(`Expected ${name} to be registered.`);
  return subscription;
}

/** Everything that is stored about one partition. */
export async function partitionOf(storage: ProcessingStorage, partition = 0, name = "mails"): Promise<PartitionStatus> {
  const row = (await statusOf(storage, name)).status[partition];
  if (row === undefined) assert.fail(`Expected ${name} to have the partition ${partition}.`);
  return row;
}

/** The sequence number of a partition's checkpoint. */
export async function numberOf(storage: ProcessingStorage, partition = 0): Promise<number> {
  return (await partitionOf(storage, partition)).checkpoint.sequenceNumber;
}

/** An event to park. */
export function eventToPark(sequenceNumber: number, own: Partial<EventToPark> = {}): EventToPark {
  return {
    sequenceNumber,
    hash: 0,
    eventId: eventIdOf(sequenceNumber),
    category: "users",
    stream: "ada",
    isWholeStream: false,
    attempts: 3,
    error: "the mailer said no",
    ...own,
  };
}
