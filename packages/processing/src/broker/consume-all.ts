import { setTimeout as delay } from "node:timers/promises";
import { newEventId } from "@eventfold/store";
import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { SubscriptionBusyError } from "../errors/subscription-busy-error.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { ProcessingSession } from "../storage/session.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { EventBroker, type EventBrokerOptions } from "./event-broker.ts";
import { ProcessingControl } from "./processing-control.ts";
import type { WaitOptions } from "./waiting.ts";

/** How often it looks whether a node that holds partitions is living, in milliseconds. */
const LOOK_MS = 50;

/** Where and how long to consume. */
export type ConsumeAllOptions = Omit<EventBrokerOptions, "name" | "subscriptions"> & WaitOptions;

const OPTIONS = memberNames<ConsumeAllOptions>({
  storage: true,
  leaseMs: true,
  onError: true,
  logger: true,
  timeoutMs: true,
  signal: true,
});

/**
 * Handles everything that was published to a subscription before the call, carries out what it was asked before, such as a replay, and
 * returns: for tests, and for jobs that run now and then. While the subscription's `checkHealth` fails, it waits. Its checkpoints are those that a broker would go on from.
 *
 * @throws `SubscriptionBusyError` (`SUBSCRIPTION_BUSY`) when nodes hold partitions of it that are seen to beat. A node that was killed is
 * waited for as long as its lease lasts, and its partitions are taken over then.
 * @throws `PartitionPausedError` (`PARTITION_PAUSED`) when a partition is paused, because a handler failed in vain too.
 * @throws what the handler throws, where the policy says `"stop"`; otherwise as `EventBroker.start` and `EventBroker.whenCaughtUp`.
 *
 * @example
 * ```ts
 * await consumeAll(mails, { storage });
 * ```
 */
export async function consumeAll(subscription: Subscription, options: ConsumeAllOptions): Promise<void> {
  const { timeoutMs, signal, ...rest } = withKnownMembers("The options of consumeAll", options, OPTIONS);
  const broker = new EventBroker({ ...rest, name: `consume-all/${newEventId()}`, subscriptions: [subscription] });
  await refuseBusy(options.storage.storage, subscription.name);
  const end = new AbortController();
  try {
    await broker.start();
    const wait = { timeoutMs, signal: signal === undefined ? end.signal : AbortSignal.any([end.signal, signal]) };
    const carriedOut = new ProcessingControl(options).whenCarriedOut(subscription.name, wait);
    await Promise.race([Promise.all([carriedOut, broker.whenCaughtUp(subscription, wait)]), broker.done]);
  } finally {
    end.abort();
    await broker.stop();
  }
  await broker.done;
}

/**
 * A node that was killed has its session until somebody evicts it, and where only jobs run nobody does. So a node is taken for living
 * only once it is seen to beat; otherwise the broker takes over from it.
 */
async function refuseBusy(storage: ProcessingStorage, name: string): Promise<void> {
  const beats = new Map((await ownersOf(storage, name)).map(({ id, beat }) => [id, beat]));
  const startedMs = performance.now();
  for (;;) {
    const owners = await ownersOf(storage, name);
    const living = owners.filter(({ id, beat }) => beats.get(id) !== beat);
    if (living.length > 0)
      throw new SubscriptionBusyError({
        subscription: name,
        nodes: living.map((each) => each.name),
        wanted: "consumed",
      });
    const longestMs = Math.max(0, ...owners.map(({ leaseMs }) => leaseMs));
    if (performance.now() - startedMs >= longestMs) return;
    await delay(LOOK_MS);
  }
}

async function ownersOf(storage: ProcessingStorage, name: string): Promise<readonly ProcessingSession[]> {
  const { sessions, subscriptions } = await storage.status({ names: [name] });
  const owners = new Set(subscriptions.flatMap(({ status }) => status.map(({ owner }) => owner)));
  return sessions.filter(({ id }) => owners.has(id));
}
