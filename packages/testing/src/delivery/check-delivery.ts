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

/** What was promised of a delivery, besides what is always promised. */
export interface DeliveryPromises {
  /** No event is handled to its end twice: for runs in which no node died, froze or lost its storage. Default: `false`. */
  readonly noRepeats?: boolean | undefined;
  /**
   * The ids of the events whose effects are stored at the end, one for each effect. Given them, every event that was handled to
   * its end must have exactly one effect. Default: effects are not looked at.
   */
  readonly effects?: readonly string[] | undefined;
  /** Events that failed may be skipped. Default: `false`. */
  readonly skips?: boolean | undefined;
  /** Parked events may be replayed. Default: `false`. */
  readonly replays?: boolean | undefined;
  /** What the subscription says. Default: 1. */
  readonly concurrency?: number | undefined;
  /** As `partitionBy` of the subscription. Default: by stream. */
  readonly partitionBy?: ((event: StoredEvent) => string) | undefined;
}

/** What a delivery is judged by. */
export interface CheckDeliveryOptions {
  /** The events that were to be handled, as a scan forwards shows them: of the source, with the constraints, from `startFrom` on. */
  readonly log: readonly StoredEvent[];
  readonly promises?: DeliveryPromises | undefined;
  /** What `storage.status({ names: [name] })` said at the end, while brokers were running. Default: rule 8 is not checked. */
  readonly status?: ProcessingStatus | undefined;
}

/** What a check found. */
export interface DeliveryVerdict {
  /** Whether everything was as promised: there are no violations. */
  readonly isAsPromised: boolean;
  readonly violations: readonly DeliveryViolation[];
  /** How many events were handled to their end. */
  readonly handled: number;
  /** How many calls of handlers, beyond the first of each event, came to their end too. */
  readonly repeated: number;
  /** How many events were parked. */
  readonly parked: number;
}

/**
 * Decides whether events were delivered as brokers promise, whatever was killed, frozen or cut off meanwhile: each handled at
 * least once or parked, per stream in order, repeats from a checkpoint on, by one owner of a partition at a time. The rules, by
 * their numbers, are those of {@link DeliveryViolationKind}.
 *
 * The run must be over: every event of the log was handled or parked when the records end. Records are of one subscription, whose
 * partitions were neither reset nor repartitioned, and whose `handlerTimeoutMs` is off. It takes some microseconds for each line.
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
    ...checkOrder(evidence, parkings),
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
 * As {@link checkDelivery}, for a test to stop at.
 *
 * @throws `ForbiddenDeliveryError` (`FORBIDDEN_DELIVERY`) that names the violations; `RangeError` as `checkDelivery`.
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
