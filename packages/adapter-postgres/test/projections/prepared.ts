import type { PreparedProjection, ProjectionWrite } from "@eventfold/projections";
import { canonicalJson, type QueryDocument } from "@eventfold/query";
import type { JsonValue } from "@eventfold/types";

/** A projection as the store hands it to an adapter. */
export function prepared(
  document: QueryDocument,
  { projectorVersion = 1, lastSequenceNumber = 1 }: Partial<PreparedProjection> = {},
): PreparedProjection {
  const { id, name, source, state, metadata } = document;
  return {
    ...{ id, name, source, projectorVersion, lastSequenceNumber, lastPosition: undefined, isRemoved: false },
    state: canonicalJson(state as JsonValue),
    metadata: canonicalJson(metadata as JsonValue),
  };
}

/** A write of a projection, whatever is stored. */
export function writeOf(...projection: Parameters<typeof prepared>): ProjectionWrite {
  return { projection: prepared(...projection), unchangedSince: undefined };
}
