import type { ProjectionStore } from "@eventfold/projections";
import { ProcessingControl } from "../broker/processing-control.ts";
import { SubscriptionBusyError } from "../errors/subscription-busy-error.ts";
import type { ProcessingStatus } from "../storage/processing-status.ts";
import type { ProcessingStorageAdapter } from "../storage/processing-storage-adapter.ts";

/** Which versions are cleared, and where. */
export interface ClearedVersions {
  readonly storage: ProcessingStorageAdapter;
  readonly projectionStore: ProjectionStore;
  /** Versions below that of this projector. */
  readonly projector: { readonly name: string; readonly version: number };
}

/**
 * Deletes what older versions of a projector have stored, and resets their subscriptions, so that they begin anew if they ever run
 * again.
 *
 * @returns how many projections were deleted.
 * @throws `SubscriptionBusyError` when nodes work on one of them: they would go on from projections that no longer exist.
 */
export async function clearOlderVersions({ storage, projectionStore, projector }: ClearedVersions): Promise<number> {
  const { name, version } = projector;
  const control = new ProcessingControl({ storage });
  const status = await control.status();
  let cleared = 0;
  for (const { name: subscription } of status.subscriptions) {
    const projectorVersion = versionOf(subscription, name);
    if (projectorVersion === undefined || projectorVersion >= version) continue;
    refuseBusy(status, subscription);
    // Nothing is folded between the deletion and the reset, even if a node comes now.
    const paused = await control.pause(subscription);
    if (paused.every(({ kind }) => kind === "done")) {
      cleared += await projectionStore.clear(name, { projectorVersion });
      await control.reset(subscription, "beginning");
    }
    await control.resume(subscription);
    if (paused.some(({ kind }) => kind !== "done")) refuseBusy(await control.status(), subscription);
  }
  return cleared;
}

/** The version in the name of a projection subscription; `undefined` for other subscriptions. */
function versionOf(subscription: string, projector: string): number | undefined {
  const prefix = `${projector}@`;
  const version = subscription.startsWith(prefix) ? subscription.slice(prefix.length) : "";
  return /^[1-9]\d{0,9}$/.test(version) ? Number(version) : undefined;
}

function refuseBusy({ sessions, subscriptions }: ProcessingStatus, subscription: string): void {
  const status = subscriptions.find(({ name }) => name === subscription)?.status ?? [];
  const owners = new Set(status.map(({ owner }) => owner));
  const nodes = sessions.filter(({ id }) => owners.has(id)).map(({ name }) => name);
  if (nodes.length > 0) throw new SubscriptionBusyError({ subscription, nodes });
}
