import type { SubscriptionWork } from "../node/subscription-work.ts";

/** Whether a node can do its work on a subscription. */
export interface SubscriptionHealth {
  readonly name: string;
  readonly isHealthy: boolean;
  /**
   * What is wrong: its `checkHealth` fails, so that the node has given up its partitions; or one that the node holds is paused, or
   * cannot be begun. `undefined` when it is healthy.
   */
  readonly problem: string | undefined;
}

/** Whether a broker can do its work. Plain data. */
export interface BrokerHealth {
  readonly name: string;
  /** Whether the broker is healthy, and all of its subscriptions are. */
  readonly isHealthy: boolean;
  /** What is wrong with the broker itself: it does not run, or its last sign of life is older than its lease. */
  readonly problem: string | undefined;
  readonly subscriptions: readonly SubscriptionHealth[];
}

/** How healthy a subscription is on this node. */
export function healthOf(work: SubscriptionWork): SubscriptionHealth {
  const problem = work.health.problem ?? problemOfLanes(work);
  return { name: work.subscription.name, isHealthy: problem === undefined, problem };
}

function problemOfLanes({ lanes }: SubscriptionWork): string | undefined {
  for (const { partition, state, error } of lanes.values()) {
    if (state !== "paused" && state !== "failed") continue;
    if (error !== undefined) return `The partition ${partition} is ${state}. ${error}`;
    return `The partition ${partition} is ${state === "paused" ? "paused on request" : state}.`;
  }
  return undefined;
}
