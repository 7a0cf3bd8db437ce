import type { ClaimedPartition } from "../storage/partition.ts";
import { Changes } from "./changes.ts";
import { HeldPartition } from "./held-partition.ts";
import { LaneCheckpoint } from "./lane-checkpoint.ts";
import { LaneEvents } from "./lane-events.ts";
import { LaneFailures } from "./lane-failures.ts";
import { LaneHealth } from "./lane-health.ts";
import type { LaneHost } from "./lane-host.ts";
import { LaneLimit } from "./lane-limit.ts";
import { LaneParking } from "./lane-parking.ts";
import { LaneRequests, type LaneRequestsOptions } from "./lane-requests.ts";
import { LaneVerification } from "./lane-verification.ts";
import { LaneWorkers, type LaneWorkersOptions } from "./lane-workers.ts";
import { workerFor } from "./worker-for.ts";

/** A partition that was claimed, and who claimed it. */
export interface LaneClaim {
  readonly host: LaneHost;
  readonly claimed: ClaimedPartition;
  /** Into how many partitions the subscription is dealt out. */
  readonly partitions: number;
}

/** What a lane is put together from. */
export interface LaneParts {
  readonly held: HeldPartition;
  /** Whatever may let the lane do something else changes it. */
  readonly changes: Changes;
  readonly events: LaneEvents;
  readonly limit: LaneLimit;
  readonly checkpoint: LaneCheckpoint;
  readonly health: LaneHealth;
  readonly parking: LaneParking;
  readonly failures: LaneFailures;
  readonly verification: LaneVerification;
  readonly requests: LaneRequests;
  readonly workers: LaneWorkers;
}

/** Makes the parts of a lane, which knows when its workers may start something, and what it does when they cannot go on. */
export function lanePartsOf(
  { host, claimed, partitions }: LaneClaim,
  {
    isLeaving,
    ...lane
  }: Pick<LaneWorkersOptions, "isShut" | "pause" | "stop"> & Pick<LaneRequestsOptions, "isLeaving">,
): LaneParts {
  const { checkpoint: stored, requests: waiting } = claimed;
  const held = new HeldPartition(host, claimed, partitions);
  const changes = new Changes();
  const worker = workerFor(host.subscription);
  const health = new LaneHealth(held, claimed);
  const parking = new LaneParking(held);
  const failures = new LaneFailures(held, { health, parking });
  const events: LaneEvents = new LaneEvents({
    held,
    checkpoint: stored,
    isHeld: () => workers.isHeld,
    onRead: () => {
      if (events.isEmpty) {
        failures.forgetSource();
        checkpoint.saveLater();
      }
      changes.notify();
    },
  });
  const limit = new LaneLimit(events);
  const checkpoint = new LaneCheckpoint(held, { stored, current: () => limit.done });
  const verification = new LaneVerification(held, { health, parking });
  const requests = new LaneRequests(held, { waiting, worker, events, isLeaving });
  const workers = new LaneWorkers(held, { worker, events, checkpoint, parking, failures, health, changes, ...lane });
  return { held, changes, events, limit, checkpoint, health, parking, failures, verification, requests, workers };
}
