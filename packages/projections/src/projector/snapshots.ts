import { isEventfoldError, type SourceIdentifier } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import { faultOfContinuing } from "./continuation.ts";
import type { SnapshotOptions } from "./snapshot-options.ts";

/** The newest snapshot that the projector can continue: of its version, and of this source. */
export async function usableSnapshot(
  { store }: SnapshotOptions,
  definition: CheckedDefinition,
  source: SourceIdentifier,
): Promise<Projection | undefined> {
  const { name, version: projectorVersion, id } = definition;
  const snapshot =
    id === undefined && source.kind === "stream"
      ? await store.load({ name, id: source.stream, projectorVersion, includeRemoved: true })
      : await store.locate({ name, source, projectorVersion, includeRemoved: true });
  return snapshot && faultOfContinuing(definition, snapshot, source) === undefined ? snapshot : undefined;
}

/** Saves a snapshot if enough was read since the last. A rival's snapshot is as good, and left as it is. */
export async function saveSnapshot(
  { store, every = 100 }: SnapshotOptions,
  projection: Projection,
  { unchangedSince, eventsRead }: { readonly unchangedSince: Projection | undefined; readonly eventsRead: number },
): Promise<void> {
  if (eventsRead < every) return;
  try {
    await store.save(projection, { unchangedSince });
  } catch (error) {
    if (!isEventfoldError(error, "PROJECTION_CONFLICT")) throw error;
  }
}

/** @throws `RangeError` when `every` is not an integer of 1 or more. */
export function checkedSnapshots(snapshots: SnapshotOptions | undefined): SnapshotOptions | undefined {
  const every = snapshots?.every ?? 1;
  if (Number.isSafeInteger(every) && every >= 1) return snapshots;
  throw new RangeError(`every of snapshots must be an integer of 1 or more, got ${String(every)}.`);
}
