import { type StoredProjection, storedProjectionOf } from "@eventfold/projections";
import { canonicalJson } from "@eventfold/query";
import type { SourceIdentifier } from "@eventfold/types";

/** The select list that {@link ProjectionRow} is made by. */
export const PROJECTION_COLUMNS =
  "p.name, p.projector_version, p.id, p.last_sequence_number, p.source, p.metadata, p.state";

/** One projection, source, metadata and state as JSON text. */
export type ProjectionRow = readonly [
  name: string,
  projectorVersion: number,
  id: string,
  lastSequenceNumber: number,
  source: string,
  metadata: string,
  state: string,
];

/** The stored projection in a row. */
export function projectionOf(row: ProjectionRow): StoredProjection {
  const [name, projectorVersion, id, lastSequenceNumber, source, metadata, state] = row;
  return storedProjectionOf({
    name,
    projectorVersion,
    id,
    lastSequenceNumber,
    source: JSON.parse(source) as SourceIdentifier,
    metadata,
    state,
  });
}

/** The canonical JSON of a source: the same text exactly for the same source. */
export function sourceText(source: SourceIdentifier): string {
  switch (source.kind) {
    case "log":
      return canonicalJson({ kind: "log" });
    case "category":
      return canonicalJson({ kind: "category", category: source.category });
    case "stream":
      return canonicalJson({ kind: "stream", category: source.category, stream: source.stream });
  }
}
