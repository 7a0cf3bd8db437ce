import { checkedInteger } from "../subscription/checked-integer.ts";
import { type Backoff, exponentialBackoff } from "./backoff.ts";

const AFTER_FAILURE = ["pause", "park", "park-stream", "skip", "stop"] as const;

/**
 * What happens to an event that failed in all its tries.
 *
 * - `"pause"`: the partition stops before the event, with the error in its status, until it is resumed. Nothing is passed over.
 * - `"park"`: the event is kept aside with its error, to be replayed or dropped, and the partition goes on.
 * - `"park-stream"`: the same, and all later events of its stream wait with it, so that order is kept.
 * - `"skip"`: the event is logged, counted and passed over.
 * - `"stop"`: the broker stops, and its `done` rejects with the error.
 */
export type AfterFailure = (typeof AFTER_FAILURE)[number];

/** What is done when a handler fails. Made by {@link retry}. */
export interface FailurePolicy {
  readonly kind: "failure-policy";
  /** How often an event is tried again; 0 for never. */
  readonly times: number;
  readonly backoff: Backoff;
  readonly afterwards: AfterFailure;
}

/** Retries for which it is not yet said what comes after them. */
export interface Retries {
  /** Completes the policy. */
  then(afterwards: AfterFailure): FailurePolicy;
}

const DEFAULT_BACKOFF = exponentialBackoff({ firstMs: 100, longestMs: 30_000 });

/**
 * Tries a failed event again in its place. Its stream waits meanwhile; other streams go on as far as `concurrency` and partitions
 * let them.
 *
 * @param options `times`: how often at most after the first try, from 0 to 1,000,000. `backoff`: the waits; default: from 100 ms
 * to 30 s.
 * @throws `TypeError` or `RangeError` for anything else.
 *
 * @example
 * ```ts
 * retry({ times: 10, backoff: exponentialBackoff({ firstMs: 100, longestMs: 30_000 }) }).then("park-stream");
 * ```
 */
export function retry(options: { readonly times: number; readonly backoff?: Backoff | undefined }): Retries {
  const times = checkedInteger("times", options?.times, { from: 0, to: 1_000_000 });
  const { backoff = DEFAULT_BACKOFF } = options;
  if (backoff?.kind !== "exponential") throw new TypeError("backoff must be made by exponentialBackoff({ … }).");
  return Object.freeze({
    // biome-ignore lint/suspicious/noThenProperty: it reads as it is meant; awaited by mistake it rejects
    then(afterwards: AfterFailure): FailurePolicy {
      if (!AFTER_FAILURE.includes(afterwards)) {
        const names = AFTER_FAILURE.map((name) => JSON.stringify(name)).join(", ");
        throw new TypeError(`After retries must come one of ${names}, got ${String(afterwards)}.`);
      }
      return Object.freeze({ kind: "failure-policy", times, backoff, afterwards });
    },
  });
}

/** Ten retries over about two minutes, then the partition pauses. */
export const DEFAULT_FAILURE_POLICY: FailurePolicy = retry({ times: 10 }).then("pause");

/** @throws `TypeError` when it is not a policy. */
export function checkedFailurePolicy(policy: FailurePolicy): FailurePolicy {
  if (policy?.kind === "failure-policy") return policy;
  throw new TypeError('onFailure must be a policy such as retry({ times: 10 }).then("park").');
}
