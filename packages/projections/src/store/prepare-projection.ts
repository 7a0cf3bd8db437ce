import { canonicalJson } from "@eventfold/query";
import { sortedJsonOf } from "@eventfold/store/adapter";
import { isEventfoldError } from "@eventfold/types";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import type { Projection } from "../projection.ts";
import { checkedProjectionName, checkedProjectorVersion } from "../projection-names.ts";
import { orderFault } from "../projector/project-occurred.ts";
import type { PreparedProjection } from "../storage/prepared-projection.ts";
import { checkedSource } from "./checked-source.ts";

/**
 * Validates and normalises a projection, once, before any I/O.
 *
 * @throws `InvalidProjectionError` (`INVALID_PROJECTION`) naming the path of what JSON cannot carry.
 * @throws `InvalidNameError` (`INVALID_NAME`), `RangeError`, `TypeError` for other faults.
 */
export function preparedProjection(projection: Projection): PreparedProjection {
  const name = checkedProjectionName("projection", projection.name);
  if (projection.order === "occurred") {
    throw orderFault(
      { name },
      "it was folded in order of occurrence, and a fold that goes on from the stored state would use another order",
    );
  }
  return {
    name,
    projectorVersion: checkedProjectorVersion(projection.projectorVersion),
    id: checkedProjectionName("projection id", projection.id),
    source: checkedSource(projection.source),
    state: textOf(name, "state", projection.state),
    metadata: textOf(name, "metadata", projection.metadata ?? null),
    lastSequenceNumber: checkedNumber("lastSequenceNumber", projection.lastSequenceNumber),
    lastPosition:
      projection.lastPosition === undefined ? undefined : checkedNumber("lastPosition", projection.lastPosition),
    isRemoved: projection.isRemoved === true,
  };
}

function textOf(projection: string, path: string, value: unknown): string {
  if (value === null) return "null";
  try {
    const copy = sortedJsonOf(value, () => [path]);
    return copy.isSorted ? JSON.stringify(copy.value) : canonicalJson(copy.value);
  } catch (error) {
    if (!isEventfoldError(error, "INVALID_EVENT")) throw error;
    throw new InvalidProjectionError({ projection, path: error.path, reason: error.reason, cause: error.cause });
  }
}

function checkedNumber(member: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new RangeError(`"${member}" of a projection must be a safe integer of 0 or more, got ${String(value)}.`);
}
