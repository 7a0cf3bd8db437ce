import {
  type ConflictingWrite,
  type PreparedProjection,
  type ProjectionDeletion,
  type ProjectionSaveRequest,
  type ProjectionSaveResult,
  type ProjectionWrite,
  type StoredProjection,
  storedProjectionOf,
} from "@eventfold/projections";
import { deepFrozen } from "../deep-frozen.ts";
import type { MemoryProjectionChanges } from "./memory-projection-table.ts";

/** Judges a save and, when everything is as it was seen, makes its changes. */
export function saveProjections(
  changes: MemoryProjectionChanges,
  { writes, completeness }: ProjectionSaveRequest,
): ProjectionSaveResult {
  const conflicts = writes
    .map((write, index) => conflictOf(changes, write, index))
    .filter((conflict) => conflict !== undefined);
  if (conflicts.length > 0) return { kind: "conflict", conflicts };
  const numbers = changes.completeness();
  if (completeness !== undefined) {
    const completeUpTo = numbers.upTo(completeness);
    if (completeUpTo !== completeness.seen) return { kind: "overtaken", completeUpTo };
    numbers.set(completeness, completeness.upTo);
  }
  for (const { projection } of writes) {
    changes.put(rowOf(projection));
    const { name, projectorVersion } = projection;
    if (changes.activeVersion(name) === undefined) changes.activate(name, projectorVersion);
    if (completeness === undefined) numbers.lower(projection, projection.lastSequenceNumber);
  }
  return { kind: "saved" };
}

function conflictOf(
  changes: MemoryProjectionChanges,
  { projection, unchangedSince }: ProjectionWrite,
  write: number,
): ConflictingWrite | undefined {
  if (unchangedSince === undefined) return undefined;
  const stored = changes.row(projection);
  const lastSequenceNumber = stored?.lastSequenceNumber;
  if (unchangedSince.kind === "present") {
    return unchangedSince.lastSequenceNumber === lastSequenceNumber ? undefined : { write, lastSequenceNumber };
  }
  const mayBeCreated =
    stored === undefined || (stored.isRemoved === true && stored.lastSequenceNumber < projection.lastSequenceNumber);
  return mayBeCreated ? undefined : { write, lastSequenceNumber };
}

/** Reads share one frozen row. */
function rowOf(prepared: PreparedProjection): StoredProjection {
  const projection = storedProjectionOf(prepared);
  deepFrozen(projection.state);
  deepFrozen(projection.metadata);
  return Object.freeze({ ...projection, source: Object.freeze({ ...projection.source }) });
}

/** Deletes one projection, or all of a name. @returns how many went that were not removed before. */
export function deleteProjections(
  changes: MemoryProjectionChanges,
  { id, ...scope }: ProjectionDeletion & { readonly id?: string },
): number {
  const rows = id === undefined ? [...changes.rows(scope)] : rowsOfId(changes, { ...scope, id });
  for (const row of rows) changes.remove(row);
  if (rows.length > 0 || id === undefined) changes.completeness().lower(scope, 0);
  return rows.filter(({ isRemoved }) => !isRemoved).length;
}

function rowsOfId(
  changes: MemoryProjectionChanges,
  { id, name, projectorVersion }: ProjectionDeletion & { readonly id: string },
): readonly StoredProjection[] {
  if (projectorVersion === undefined)
    return [...changes.rows({ name, projectorVersion })].filter((row) => row.id === id);
  const row = changes.row({ name, projectorVersion, id });
  return row === undefined ? [] : [row];
}
