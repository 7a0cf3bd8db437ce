import type { ProjectionStore } from "@eventfold/projections";
import { ProcessingControl } from "../broker/processing-control.ts";
import { OlderVersionBusyError } from "../errors/older-version-busy-error.ts";
import type { ProcessingStatus } from "../storage/processing-status.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";

/** Which versions are cleared, and where. */
export interface ClearedVersions {
  readonly storage: ProcessingStorageAdapter;
  readonly projectionStore: ProjectionStore;
  /** Versions below that of this projector. */
  readonly projector: { readonly name: string; readonly version: number };
  /** The version that readers see. */
  readonly activeVersion: number;
}

/**
 * Deletes the projections of older versions of a projector, and removes their subscriptions, which begin anew if they ever run again.
 *
 * @returns how many projections were deleted.
 * @throws `OlderVersionBusyError` when nodes work on one of them: they would go on from projections that no longer exist.
 */
export async function clearOlderVersions({
  storage,
  projectionStore,
  projector,
  activeVersion,
}: ClearedVersions): Promise<number> {
  const { name, version } = projector;
  const control = new ProcessingControl({ storage });
  const status = await control.status();
  let cleared = 0;
  for (const { id, name: subscription } of status.subscriptions) {
    const projectorVersion = versionOf(subscription, name);
    if (projectorVersion === undefined || projectorVersion >= version) continue;
    const refuseBusy = (nodes: readonly string[]) => {
      if (nodes.length > 0)
        throw new OlderVersionBusyError({ projector: name, projectorVersion, activeVersion, nodes });
    };
    refuseBusy(nodesOn(subscription, status));
    // Nothing is folded between the reset and the deletion, even if a node comes now. Whoever resumes it after a failure finds projections
    // from which it can go on: those that are still there pass over what they have read.
    const paused = await control.pause(subscription);
    try {
      if (paused.every(({ kind }) => kind === "done")) {
        await control.reset(subscription, "beginning");
        cleared += await projectionStore.clear(name, { projectorVersion });
      }
    } finally {
      await control.resume(subscription);
    }
    if (paused.some(({ kind }) => kind !== "done")) refuseBusy(nodesOn(subscription, await control.status()));
    // What is parked is read again from the beginning. It stays if a node has come meanwhile, which begins there.
    else await storage.storage.remove({ subscription: id, withParked: true });
  }
  return cleared;
}

/** The version in the name of a projection subscription; `undefined` for other subscriptions. */
function versionOf(subscription: string, projector: string): number | undefined {
  const prefix = `${projector}@`;
  const version = subscription.startsWith(prefix) ? subscription.slice(prefix.length) : "";
  return /^[1-9]\d{0,9}$/.test(version) ? Number(version) : undefined;
}

/** The names of the nodes that hold partitions of a subscription. */
function nodesOn(subscription: string, { sessions, subscriptions }: ProcessingStatus): readonly string[] {
  const status = subscriptions.find(({ name }) => name === subscription)?.status ?? [];
  const owners = new Set(status.map(({ owner }) => owner));
  return sessions.filter(({ id }) => owners.has(id)).map(({ name }) => name);
}
