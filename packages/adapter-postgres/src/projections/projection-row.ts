import { damagedProjectionError, type StoredProjection, storedProjectionOf } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";
import type { TextRow } from "../connection/statement.ts";

/** The columns to select from a row with this alias, in the order in which {@link storedProjectionFrom} reads them. */
export function projectionColumns(row: "p" | "r"): string {
  return `${row}.name, ${row}.projector_version, ${row}.id, ${row}.source::text, ${row}.state_text, ${row}.metadata_text, ${row}.last_sequence_number, ${row}.last_position, ${row}.is_removed`;
}

/** The projection in a row of {@link projectionColumns}. */
export function storedProjectionFrom(row: TextRow): StoredProjection {
  const [name, projectorVersion, id, source, state, metadata, lastSequenceNumber] = row as readonly string[];
  const [lastPosition, isRemoved] = row.slice(7);
  const key = { name: name as string, projectorVersion: Number(projectorVersion), id: id as string };
  try {
    return storedProjectionOf({
      ...key,
      source: JSON.parse(source as string) as SourceIdentifier,
      state: state as string,
      metadata: metadata as string,
      lastSequenceNumber: Number(lastSequenceNumber),
      lastPosition: lastPosition == null ? undefined : Number(lastPosition),
      isRemoved: isRemoved === "t",
    });
  } catch (cause) {
    throw damagedProjectionError(key, cause);
  }
}
