import { damagedProjectionError, type StoredProjection, storedProjectionOf } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";

/** The select list that {@link ProjectionRow} is made by. */
export const PROJECTION_COLUMNS =
  "p.name, p.projector_version, p.id, p.last_sequence_number, p.last_position, p.is_removed, p.source, p.metadata, p.state";

/** One projection, source, metadata and state as JSON text. */
export type ProjectionRow = readonly [
  name: string,
  projectorVersion: number,
  id: string,
  lastSequenceNumber: number,
  lastPosition: number | null,
  isRemoved: number,
  source: string,
  metadata: string,
  state: string,
];

/** The stored projection in a row. */
export function projectionOf(row: ProjectionRow): StoredProjection {
  const [name, projectorVersion, id, lastSequenceNumber, lastPosition, isRemoved, source, metadata, state] = row;
  try {
    return storedProjectionOf({
      name,
      projectorVersion,
      id,
      lastSequenceNumber,
      lastPosition: lastPosition ?? undefined,
      isRemoved: isRemoved === 1,
      source: JSON.parse(source) as SourceIdentifier,
      metadata,
      state,
    });
  } catch (cause) {
    throw damagedProjectionError({ name, projectorVersion, id }, cause);
  }
}

/** The canonical JSON of a source: the same text exactly for the same source. */
export function sourceText(source: SourceIdentifier): string {
  switch (source.kind) {
    case "log":
      return '{"kind":"log"}';
    case "category":
      return `{"category":${JSON.stringify(source.category)},"kind":"category"}`;
    case "stream":
      return `{"category":${JSON.stringify(source.category)},"kind":"stream","stream":${JSON.stringify(source.stream)}}`;
  }
}
