import type { ProcessingStatus } from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { checkCheckpoints } from "./check/check-checkpoints.ts";
import { checkEnd } from "./check/check-end.ts";
import { checkHandled } from "./check/check-handled.ts";
import { checkEffects, checkNoRepeats } from "./check/check-once.ts";
import { checkOrder } from "./check/check-order.ts";
import { checkOwners } from "./check/check-owners.ts";
import { checkParking } from "./check/check-parking.ts";
import { evidenceOf } from "./check/delivery-evidence.ts";
import type { DeliveryViolation } from "./check/delivery-violation.ts";
import { isDone } from "./check/handling.ts";
import { Parkings } from "./check/parking.ts";
import type { DeliveryRecords } from "./delivery-line.ts";
import { ForbiddenDeliveryError } from "./forbidden-delivery-error.ts";

/** What was promised of a delivery, in addition to what is always promised. */
export interface DeliveryPromises {
  /** No event is handled to the end twice: for runs in which no node died, froze or lost its storage. Default: `false`. */
  readonly noRepeats?: boolean | undefined;
  /**
   * The ids of the events whose effects are stored at the end, one for each effect. If they are given, every event that was
   * handled to the end must have exactly one effect. Default: effects are not looked at.
   */
  readonly effects?: readonly string[] | undefined;
  /**
   * The subscription has `transactions`: a call that came to its end may be made again by the same owner, because its commit failed.
   * Give `effects` too, which tell what was committed. Default: `false`.
   */
  readonly transactions?: boolean | undefined;
  /** Events that failed may be skipped. Default: `false`. */
  readonly skips?: boolean | undefined;
  /** Parked events may be replayed. Default: `false`. */
  readonly replays?: boolean | undefined;
  /** The `concurrency` of the subscription. Default: 1. */
  readonly concurrency?: number | undefined;
  /** The `partitionBy` of the subscription. Default: by stream. */
  readonly partitionBy?: ((event: StoredEvent) => string) | undefined;
}

/** What a delivery is judged by. */
export interface CheckDeliveryOptions {
  /** The events that were to be handled, from a forward scan of the source, with the constraints, from `startFrom` on. */
  readonly log: readonly StoredEvent[];
  readonly promises?: DeliveryPromises | undefined;
  /** What `storage.status({ names: [name] })` returned at the end, while brokers were running. Default: rule 8 is not checked. */
  readonly status?: ProcessingStatus | undefined;
}

/** What a check found. */
export interface DeliveryVerdict {
  /** Whether everything was as promised: there are no violations. */
  readonly isAsPromised: boolean;
  readonly violations: readonly DeliveryViolation[];
  /** How many events were handled to the end. */
  readonly handled: number;
  /** How many calls of handlers, beyond the first of each event, were completed too. */
  readonly repeated: number;
  /** How many events were parked. */
  readonly parked: number;
}

/**
 * Decides whether events were delivered as brokers promise, whatever was killed, frozen or cut off meanwhile: each event was
 * handled at least once or parked, per stream in order, repeated only from a checkpoint on, by one owner of a partition at a time.
 * {@link DeliveryViolationKind} lists the rules with their numbers.
 *
 * The run must be over: when the records end, every event of the log was handled or parked. The records must be of one subscription,
 * whose partitions were neither reset nor repartitioned, and whose `handlerTimeoutMs` is off. It takes some microseconds per line.
 *
 * @throws `RangeError` when two recordings have the same name, or the log is not in order.
 *
 * @example
 * ```ts
 * const log = await store.category("users").read();
 * const { violations } = checkDelivery(first.records().concat(second.records()), { log });
 * for (const { message } of violations) console.error(message);
 * ```
 */
export function checkDelivery(
  records: DeliveryRecords,
  { log, promises = {}, status }: CheckDeliveryOptions,
): DeliveryVerdict {
  const { noRepeats, effects, skips = false, replays = false, concurrency = 1, partitionBy = streamOf } = promises;
  const evidence = evidenceOf(records, { log, keyOf: partitionBy });
  const parkings = new Parkings(evidence);
  const violations = [
    ...checkHandled(evidence, parkings, skips),
    ...checkOrder(evidence, parkings, promises.transactions ?? false),
    ...checkCheckpoints(evidence, parkings, skips),
    ...checkOwners(evidence, concurrency),
    ...(noRepeats === true ? checkNoRepeats(evidence) : []),
    ...(effects === undefined ? [] : checkEffects(evidence, effects)),
    ...checkParking(evidence, parkings, replays),
    ...(status === undefined ? [] : checkEnd(status)),
  ];
  const handled = evidence.doneAtNs.size;
  const ends = evidence.handlings.filter(isDone).reduce((sum, { eventIds }) => sum + eventIds.length, 0);
  return {
    isAsPromised: violations.length === 0,
    violations,
    handled,
    repeated: ends - handled,
    parked: parkings.count,
  };
}

/**
 * Like {@link checkDelivery}, but throws if there are violations, for use in tests.
 *
 * @throws `ForbiddenDeliveryError` (`FORBIDDEN_DELIVERY`) that names the violations; `RangeError` as `checkDelivery` does.
 *
 * @example
 * ```ts
 * const recording = recordDelivery({ subscription: mails, storage });
 * // … a broker works on `recording.subscription`, and is stopped
 * const { repeated } = assertDelivery(recording.records(), { log: await store.category("users").read() });
 * ```
 */
export function assertDelivery(records: DeliveryRecords, options: CheckDeliveryOptions): DeliveryVerdict {
  const verdict = checkDelivery(records, options);
  const [first, ...others] = verdict.violations;
  if (first !== undefined) throw new ForbiddenDeliveryError([first, ...others]);
  return verdict;
}

function streamOf({ category, stream }: StoredEvent): string {
  return JSON.stringify([category, stream]);
}
