import { setTimeout as delay } from "node:timers/promises";
import {
  type ProcessingStatus,
  type ProcessingStorageAdapter,
  retry,
  type Subscription,
  type SubscriptionOptions,
  subscription,
} from "@eventfold/processing";
import { type DeliveryRecords, recordDelivery } from "@eventfold/testing/delivery";
import type { AnyEvents, StoredEvent } from "@eventfold/types";
import { withChanges } from "./changed-storage.ts";
import { openStage, type Stage } from "./stage.ts";
import { waitFor } from "./waiting-for.ts";

/** What is broken on purpose. */
export interface Breakage {
  /** Between the recording and the storage. */
  readonly storage?: (beneath: ProcessingStorageAdapter, node: "frozen" | "heir") => ProcessingStorageAdapter;
  /** Between the broker and the recording. */
  readonly subscription?: (recorded: Subscription) => Subscription;
  /** Other options than the subscription should have. */
  readonly options?: Pick<SubscriptionOptions<AnyEvents>, "checkpoint" | "constraints">;
  /** A partition that nobody will finish. */
  readonly unfinished?: number;
  /** How many of the first 40 events are handled. Default: 40. */
  readonly handled?: number;
}

/** What came of a run. */
export interface DeliveredRun {
  readonly records: DeliveryRecords;
  readonly log: readonly StoredEvent[];
  readonly status: ProcessingStatus;
}

const LEASE_MS = 150;
const PARTITIONS = 8;
const POISON = 7;

/**
 * One broker handles events, whose checkpoints are slow, and parks one of them. Then nothing of it reaches the storage any more
 * until another one has taken over and handled everything from the beginning. It wakes, and both go on.
 */
export async function runBrokers(breakage: Breakage = {}): Promise<DeliveredRun> {
  await using stage = await openStage();
  const record = (node: "frozen" | "heir") => {
    const storage = breakage.storage?.(stage.storage, node) ?? stage.storage;
    return recordDelivery({ node, storage, subscription: thingsOf(stage, breakage) });
  };
  const [first, second] = [record("frozen"), record("heir")];
  const [saving, beating] = [new Gate(), new Gate()];
  saving.close();
  const storage = withChanges(first.storage, {
    beat: (request) => beating.pass(() => first.storage.storage.beat(request)),
    saveCheckpoints: (moves) => saving.pass(() => first.storage.storage.saveCheckpoints(moves)),
  });
  const broken = breakage.subscription ?? ((recorded: Subscription) => recorded);
  const options = { leaseMs: LEASE_MS } as const;
  const frozen = stage.broker({ ...options, name: "frozen", storage, subscriptions: [broken(first.subscription)] });
  const heir = stage.broker({
    ...options,
    name: "heir",
    storage: second.storage,
    subscriptions: [broken(second.subscription)],
  });

  await publish(stage, 40);
  await frozen.start();
  await waitFor(
    () =>
      countEnds(first.records()) >= (breakage.handled ?? 40) &&
      (hasParked(first.records()) || breakage.subscription !== undefined),
  );
  beating.close();
  await heir.start();
  await waitFor(() => second.records().some(({ kind }) => kind === "claimed"));
  await caughtUp(stage, breakage);
  saving.open();
  beating.open();
  await waitFor(() => holdsSome(stage, "frozen"));
  await publish(stage, 600);
  await caughtUp(stage, breakage);
  await delay(LEASE_MS); // a partition that is just changing hands has an owner by then
  const status = await stage.storage.storage.status({ names: ["things"] });
  const records = [...first.records(), ...second.records()];
  return { records, status, log: await stage.store.category("things").read() };
}

function thingsOf(stage: Stage, { options = {} }: Breakage): Subscription {
  return subscription({
    name: "things",
    source: stage.store.category("things"),
    partitions: PARTITIONS,
    onFailure: retry({ times: 0 }).then("park"),
    checkpoint: { everyEvents: 1 },
    handleEvent: async ({ sequenceNumber }: StoredEvent) => {
      await delay(1);
      if (sequenceNumber === POISON) throw new Error("This one cannot be handled.");
    },
    ...options,
  });
}

/** Every fourth event has another name. */
async function publish({ store }: Stage, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const name = n % 4 === 3 ? "changed" : "happened";
    await store
      .stream({ category: "things", stream: `thing-${n % 20}` })
      .publish({ events: [{ name, payload: { n } }] });
  }
}

async function holdsSome({ storage }: Stage, node: string): Promise<boolean> {
  const { sessions, subscriptions } = await storage.storage.status({ names: ["things"] });
  const living = sessions.find(({ name }) => name === node)?.id;
  return living !== undefined && subscriptions.some(({ status }) => status.some(({ owner }) => owner === living));
}

function hasParked(records: DeliveryRecords): boolean {
  return records.some(({ kind }) => kind === "parked");
}

function countEnds(records: DeliveryRecords): number {
  return records.filter(({ kind }) => kind === "ended").length;
}

async function caughtUp({ store, storage }: Stage, { unfinished }: Breakage): Promise<void> {
  const latest = await store.category("things").latest();
  await waitFor(async () => {
    const { subscriptions } = await storage.storage.status({ names: ["things"] });
    const partitions = subscriptions
      .flatMap(({ status }) => status)
      .filter(({ partition }) => partition !== unfinished);
    return partitions.every(({ checkpoint }) => checkpoint.sequenceNumber >= (latest?.sequenceNumber ?? 0));
  });
}

/** Where calls wait while it is closed. */
class Gate {
  #opened = Promise.resolve();
  open: () => void = () => {};

  close(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.open = resolve;
  }

  async pass<T>(call: () => Promise<T>): Promise<T> {
    await this.#opened;
    return call();
  }
}
