import { newEventId } from "@eventfold/store";
import { SubscriptionBusyError } from "../errors/subscription-busy-error.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { Subscription } from "../subscription/subscription.ts";
import { EventBroker, type EventBrokerOptions } from "./event-broker.ts";
import type { WaitOptions } from "./waiting.ts";

/** Where and how long to consume. */
export type ConsumeAllOptions = Omit<EventBrokerOptions, "name" | "subscriptions"> & WaitOptions;

/**
 * Handles everything that was published to a subscription before the call, and returns: for tests, and for jobs that run now and
 * then. While the subscription's `checkHealth` fails, it waits. Its checkpoints are those that a broker would go on from.
 *
 * @throws `SubscriptionBusyError` (`SUBSCRIPTION_BUSY`) when nodes hold partitions of it.
 * @throws `PartitionPausedError` (`PARTITION_PAUSED`) when a partition is paused, because a handler failed in vain too.
 * @throws what the handler throws, where the policy says `"stop"`; otherwise as `EventBroker.start` and `EventBroker.whenCaughtUp`.
 *
 * @example
 * ```ts
 * await consumeAll(mails, { storage });
 * ```
 */
export async function consumeAll(subscription: Subscription, options: ConsumeAllOptions): Promise<void> {
  const { timeoutMs, signal, ...rest } = options;
  const broker = new EventBroker({ ...rest, name: `consume-all/${newEventId()}`, subscriptions: [subscription] });
  await refuseBusy(options.storage.storage, subscription.name);
  try {
    await broker.start();
    await Promise.race([broker.whenCaughtUp(subscription, { timeoutMs, signal }), broker.done]);
  } finally {
    await broker.stop();
  }
  await broker.done;
}

async function refuseBusy(storage: ProcessingStorage, name: string): Promise<void> {
  const { sessions, subscriptions } = await storage.status({ names: [name] });
  const owners = new Set(subscriptions.flatMap(({ status }) => status.map(({ owner }) => owner)));
  const nodes = sessions.filter(({ id }) => owners.has(id)).map((session) => session.name);
  if (nodes.length > 0) throw new SubscriptionBusyError({ subscription: name, nodes });
}
