import { randomUUID } from "node:crypto";
import { EventBroker, type ProcessingStorageAdapter, projectionSubscription } from "@eventfold/processing";
import type { ProjectionStore } from "@eventfold/projections";
import type { EventCategory } from "@eventfold/store";
import { FILES, type FileEvents } from "../events/file-events.ts";
import { contributorProjector } from "./contributor-projector.ts";
import { fileProjector } from "./file-projector.ts";
import { historyProjector } from "./history-projector.ts";

/** What is folded, and where it is kept. */
export interface UpdateOptions {
  readonly files: EventCategory<FileEvents>;
  readonly projections: ProjectionStore;
  /** Where it is kept how far each of them has come. */
  readonly processing: ProcessingStorageAdapter;
  readonly signal?: AbortSignal | undefined;
}

/** A run that was killed keeps its work for so long. */
const LEASE_MS = 2_000;

/**
 * Folds the events that are new since the last time onto the stored projections: the history, its contributors and its files. Whenever
 * it is interrupted, each of them is the fold of a beginning of the log, and goes on from there. Runs at the same time share the work.
 *
 * @returns how many events were new.
 */
export async function updateProjections({ files, projections, processing, signal }: UpdateOptions): Promise<number> {
  signal?.throwIfAborted();
  const before = await eventsFolded(projections);
  const kept = { source: files, projectionStore: projections };
  const subscriptions = [
    projectionSubscription({ ...kept, projector: historyProjector }),
    projectionSubscription({ ...kept, projector: contributorProjector }),
    projectionSubscription({ ...kept, projector: fileProjector }),
  ];
  const name = `git-history/${randomUUID()}`;
  const broker = new EventBroker({ name, storage: processing, subscriptions, leaseMs: LEASE_MS });
  try {
    await broker.start();
    const caughtUp = subscriptions.map((subscription) => broker.whenCaughtUp(subscription, { signal }));
    await Promise.race([Promise.all(caughtUp), broker.done]);
  } finally {
    await broker.stop();
  }
  await broker.done;
  return (await eventsFolded(projections)) - before;
}

async function eventsFolded(projections: ProjectionStore): Promise<number> {
  const { version: projectorVersion } = historyProjector;
  const history = await projections.of(historyProjector).load({ id: FILES, projectorVersion });
  return history?.state.events ?? 0;
}
