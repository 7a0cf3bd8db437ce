import { type JsonValue, parseJson } from "@eventfold/types";
import type { Projection } from "../projection.ts";
import type { PreparedProjection } from "./prepared-projection.ts";

/** A projection as an adapter reads it: its state and metadata parsed from their JSON text. */
export type StoredProjection = Projection<JsonValue, JsonValue>;

/**
 * The stored projection that a prepared one becomes: what an adapter returns from its reads. Cost: its texts are parsed.
 *
 * @example
 * ```ts
 * const { id, state } = storedProjectionOf(prepared);
 * ```
 */
export function storedProjectionOf(prepared: PreparedProjection): StoredProjection {
  const { lastPosition, isRemoved } = prepared;
  return {
    id: prepared.id,
    name: prepared.name,
    source: prepared.source,
    state: parseJson(prepared.state),
    metadata: parseJson(prepared.metadata),
    lastSequenceNumber: prepared.lastSequenceNumber,
    ...(lastPosition !== undefined && { lastPosition }),
    ...(isRemoved && { isRemoved }),
    projectorVersion: prepared.projectorVersion,
  };
}
