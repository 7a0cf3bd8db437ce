import type { SourceIdentifier } from "@eventfold/types";
import { InvalidProjectionError } from "../errors/invalid-projection-error.ts";
import type { Projection } from "../projection.ts";
import { isSameSource } from "../same-source.ts";
import type { CheckedDefinition } from "./checked-definition.ts";
import type { Folded } from "./fold.ts";
import { frozen } from "./frozen.ts";

/** Why a projection cannot be continued: by this projector, or over this source; `undefined` when it can. */
export function faultOfContinuing(
  { name, version }: CheckedDefinition,
  projection: Projection,
  source?: SourceIdentifier,
): { readonly path: string; readonly reason: string } | undefined {
  if (projection.name !== name)
    return { path: "name", reason: `it is of the projector ${JSON.stringify(projection.name)}` };
  if (projection.projectorVersion !== version) {
    return {
      path: "projectorVersion",
      reason: `it is of version ${projection.projectorVersion} and the projector is of version ${version}; project from the start`,
    };
  }
  if (source !== undefined && !isSameSource(projection.source, source)) {
    return { path: "source", reason: "it is of another source" };
  }
  if (projection.order === "occurred") {
    return {
      path: "order",
      reason: "it was folded in order of occurrence, in which later events may come before; fold the stream again",
    };
  }
  return undefined;
}

/** How far a projection has come, to go on from there. @throws `InvalidProjectionError` when it cannot be continued. */
export function foldedOf(definition: CheckedDefinition, projection: Projection, source?: SourceIdentifier): Folded {
  const fault = faultOfContinuing(definition, projection, source);
  if (fault !== undefined) throw new InvalidProjectionError({ projection: definition.name, ...fault });
  const { id, state, metadata, lastSequenceNumber, lastPosition, isRemoved } = projection;
  return {
    state: frozen(state),
    metadata: frozen(metadata),
    lastSequenceNumber,
    lastPosition,
    removedId: isRemoved ? id : undefined,
  };
}
