import {
  MemoryEventStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import type { EventFold, Subscription } from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import {
  type CheckDeliveryOptions,
  type DeliveryRecords,
  projectionWorkload,
  recordDelivery,
} from "@eventfold/testing/delivery";
import { brokersOn } from "./brokers.ts";
import { withChanges } from "./changed-storage.ts";
import { waitFor } from "./waiting-for.ts";

/** What is broken on purpose. */
export interface BrokenFolding {
  /** Where both brokers store projections. */
  readonly projections?: (beneath: ProjectionStorageAdapter) => ProjectionStorageAdapter;
  /** What both brokers are given, between the broker and the recording. */
  readonly subscription?: (recorded: Subscription) => Subscription;
}

/** What came of a run. */
export type ProjectionRun = CheckDeliveryOptions & { readonly records: DeliveryRecords };

const LEASE_MS = 150;

/**
 * One broker stores projections, whose checkpoints never reach the storage, and stands still before it folds on, until another one has
 * taken over and folded everything from the beginning. Then it folds on and saves, before any beat can tell it.
 */
export async function runProjections({
  breakage = {},
  isShared = false,
}: {
  readonly breakage?: BrokenFolding;
  readonly isShared?: boolean;
} = {}): Promise<ProjectionRun> {
  const { projections: broken = unbroken, subscription: change = unbroken } = breakage;
  await using events = await MemoryEventStorageAdapter.open();
  await using projections = await MemoryProjectionStorageAdapter.open({ shareWith: events });
  await using storage = await MemoryProcessingStorageAdapter.open({ shareWith: events });
  const workload = projectionWorkload({
    store: new EventStore({ adapter: events }),
    projectionStore: new ProjectionStore({ adapter: broken(projections) }),
    transactions: isShared ? events : undefined,
  });
  const { publish, partitionBy } = workload;
  const { broker, stopAll } = brokersOn(storage);
  const publishTimes = async (times: number) => {
    for (let n = 0; n < times; n += 1) await publish();
  };
  try {
    const [first, second] = ["frozen", "heir"].map((node) =>
      recordDelivery({ node, storage, subscription: workload.subscription }),
    );
    if (first === undefined || second === undefined) throw new TypeError("There are two recordings.");
    const gate = new FoldGate();
    let isFrozen = false;
    const woken = Promise.withResolvers<void>();
    const frozenStorage = withChanges(first.storage, {
      beat: async (request) => {
        if (isFrozen) await woken.promise;
        return first.storage.storage.beat(request);
      },
      saveCheckpoints: async (moves) => {
        await woken.promise;
        return first.storage.storage.saveCheckpoints(moves);
      },
    });
    const frozen = broker({
      name: "frozen",
      leaseMs: LEASE_MS,
      storage: frozenStorage,
      subscriptions: [change(gate.before(first.subscription))],
    });
    const heir = broker({
      name: "heir",
      leaseMs: LEASE_MS,
      storage: second.storage,
      subscriptions: [change(second.subscription)],
    });
    await publishTimes(60);
    await frozen.start();
    await waitFor(async () => haveEnded(first.records(), await workload.log()));
    gate.close();
    await publishTimes(60);
    await gate.reached;
    isFrozen = true;
    await publishTimes(60);
    await heir.start();
    await heir.whenCaughtUp(second.subscription);
    gate.open();
    await waitFor(() => gate.isPassed);
    woken.resolve();
    isFrozen = false;
    await publishTimes(2); // so few that they change few projections
    await heir.whenCaughtUp(second.subscription);
    let status = await storage.storage.status({ names: [workload.subscription.name] });
    await waitFor(async () => {
      status = await storage.storage.status({ names: [workload.subscription.name] });
      const living = new Set<string | undefined>(status.sessions.map(({ id }) => id));
      return status.subscriptions.every((each) => each.status.every(({ owner }) => living.has(owner)));
    });
    const promises = { effects: await workload.effects(), partitionBy, transactions: isShared };
    return { records: [...first.records(), ...second.records()], status, log: await workload.log(), promises };
  } finally {
    await stopAll();
  }
}

function unbroken<T>(made: T): T {
  return made;
}

/** Whether every event was in a call, and every call has ended. */
function haveEnded(records: DeliveryRecords, log: CheckDeliveryOptions["log"]): boolean {
  const begun = records.filter((line) => line.kind === "begun");
  const ids = new Set(begun.flatMap(({ eventIds }) => eventIds));
  return ids.size === log.length && records.filter(({ kind }) => kind === "ended").length === begun.length;
}

/** Where folds wait while it is closed, before anything is recorded of them. */
class FoldGate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  #isClosed = false;
  #late = 0;

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  /** Whether everything that waited was saved since, or given up. */
  get isPassed(): boolean {
    return this.#late === 0;
  }

  close(): void {
    this.#isClosed = true;
  }

  open(): void {
    this.#isClosed = false;
    this.#opened.resolve();
  }

  before(subscription: Subscription): Subscription {
    const { handler } = subscription;
    if (handler.beginFold === undefined) throw new TypeError("It folds.");
    return { ...subscription, handler: { ...handler, beginFold: (held) => this.#gated(handler.beginFold(held)) } };
  }

  #gated(fold: EventFold): EventFold {
    let isLate = false;
    const settle = () => {
      if (isLate) this.#late -= 1;
      isLate = false;
    };
    return {
      get batchSize() {
        return fold.batchSize;
      },
      get isFull() {
        return fold.isFull;
      },
      fold: async (events) => {
        if (this.#isClosed) {
          isLate = true;
          this.#late += 1;
          this.#reached.resolve();
          await this.#opened.promise;
        }
        await fold.fold(events);
      },
      save: (transaction) => fold.save(transaction).finally(settle),
      noteSaved: () => fold.noteSaved(),
      forget: () => {
        fold.forget();
        if (!this.#isClosed) settle();
      },
    };
  }
}
