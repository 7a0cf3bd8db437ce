import { newEventId } from "@eventfold/store";
import { guardedLogger } from "@eventfold/types";
import { ParkedEventsLeftError } from "../errors/parked-events-left-error.ts";
import { SubscriptionBusyError } from "../errors/subscription-busy-error.ts";
import { LivingSession } from "../node/living-session.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";
import type { ProcessingSession } from "../storage/session.ts";
import { Changes } from "../work/changes.ts";
import { type WaitOptions, waitUntil } from "./waiting.ts";

/** For how long, at most, the session lives without a beat that looks at others; it beats three times as often. */
const LONGEST_LEASE_MS = 3_000;

/** What is removed, and where from. */
export interface SubscriptionRemoval extends WaitOptions {
  readonly adapter: ProcessingStorageAdapter;
  readonly name: string;
  readonly id: number;
  readonly withParked: boolean;
}

/**
 * Removes a subscription. A node that was killed has its session until somebody evicts it, and where nobody works any more nobody does.
 * So nodes are taken for living only once they are seen to beat; the others are waited for as long as their leases last.
 *
 * @throws `SubscriptionBusyError`, `ParkedEventsLeftError`, `WaitTimedOutError`, the signal's reason.
 */
export async function removeSubscription(removal: SubscriptionRemoval): Promise<void> {
  const busy = await tryToRemove(removal);
  if (busy.length > 0) await removeWhenGone(removal, busy);
}

/** @returns the sessions that are in the way. */
async function tryToRemove({
  adapter,
  name: subscription,
  id,
  withParked,
}: SubscriptionRemoval): Promise<readonly ProcessingSession[]> {
  const outcome = await adapter.storage.remove({ subscription: id, withParked });
  switch (outcome.kind) {
    case "removed":
      return [];
    case "busy":
      return outcome.sessions;
    case "parked":
      throw new ParkedEventsLeftError({ subscription, parked: outcome.parked });
  }
}

/** Looks at sessions by the beats of one of its own, which evict those that have stalled. */
async function removeWhenGone(removal: SubscriptionRemoval, inTheWay: readonly ProcessingSession[]): Promise<void> {
  const { adapter, name: subscription, timeoutMs, signal } = removal;
  const progress = new Changes();
  let [busy, living] = [inTheWay, inTheWay];
  let failure: { readonly error: unknown } | undefined;
  const noteFailure = (error: unknown) => {
    failure = { error };
    progress.notify();
  };
  const session = new LivingSession({
    adapter,
    name: `removal/${newEventId()}`,
    leaseMs: Math.min(LONGEST_LEASE_MS, ...busy.map(({ leaseMs }) => leaseMs)),
    subscriptions: () => [],
    onBeat: async ({ sessions }) => {
      living = sessions;
      progress.notify();
    },
    onLost: () => {}, // it holds nothing
    onFatal: noteFailure,
    logger: guardedLogger(undefined),
    tell: (error) => {
      if (error !== undefined) noteFailure(error); // otherwise it was evicted, and begins anew
    },
  });
  const mayHold = () => {
    if (failure !== undefined) throw failure.error;
    const still = busy.flatMap(({ id, beat }) =>
      living.filter((each) => each.id === id).map((each) => ({ each, beat })),
    );
    const beating = still.filter(({ each, beat }) => each.beat !== beat);
    if (beating.length === 0) return still.length === 0;
    const nodes = beating.map(({ each }) => each.name);
    throw new SubscriptionBusyError({ subscription, nodes, wanted: "removed" });
  };
  const holds = async () => {
    busy = await tryToRemove(removal);
    return busy.length === 0;
  };
  try {
    await session.start();
    await waitUntil({ timeoutMs, signal, subscription, progress, mayHold, holds });
  } finally {
    await session.end();
  }
}
