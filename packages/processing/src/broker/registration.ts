import type { Logger } from "@eventfold/types";
import { SubscriptionMismatchError } from "../errors/subscription-mismatch-error.ts";
import type { ProcessingStorage } from "../storage/processing-storage.ts";
import type { RegisteredSubscription } from "../storage/subscription.ts";
import { startingCheckpoint } from "../subscription/start-from.ts";
import { printSubscribedSource } from "../subscription/subscribable-source.ts";
import type { Subscription } from "../subscription/subscription.ts";

const NOWHERE = { sequenceNumber: 0, eventId: undefined };

/**
 * Stores subscriptions that are not stored yet, each where it is to begin.
 *
 * @returns for each of them, in their order, what is stored.
 * @throws `SubscriptionMismatchError` when one is stored with another source or partitioning.
 */
export async function registerSubscriptions(
  subscriptions: readonly Subscription[],
  { storage, logger }: { readonly storage: ProcessingStorage; readonly logger: Logger },
): Promise<readonly RegisteredSubscription[]> {
  const stored = await storage.status({ names: subscriptions.map(({ name }) => name) });
  const known = new Set(stored.subscriptions.map(({ name }) => name));
  const registrations = subscriptions.map(async ({ name, source, partitioning, partitions, startFrom }) => ({
    name,
    source: printSubscribedSource(source),
    partitioning,
    partitions,
    startAt: known.has(name) ? NOWHERE : await startingCheckpoint(source, startFrom),
  }));
  const registered = await storage.register(await Promise.all(registrations));
  for (const [index, subscription] of subscriptions.entries()) check(subscription, registered[index], logger);
  return registered;
}

function check(given: Subscription, stored: RegisteredSubscription | undefined, logger: Logger): void {
  if (stored === undefined)
    throw new TypeError(`The storage did not return the subscription ${JSON.stringify(given.name)}.`);
  const { name: subscription, partitioning, partitions } = given;
  const source = printSubscribedSource(given.source);
  if (stored.source !== source || stored.partitioning !== partitioning) {
    throw new SubscriptionMismatchError({ subscription, stored, given: { source, partitioning } });
  }
  if (stored.partitions === partitions) return;
  logger.warn(
    { subscription, stored: stored.partitions, given: partitions },
    "The stored number of partitions counts; repartition the subscription, or change the number in the code.",
  );
}
