import { NotADatabaseError } from "@eventfold/types";
import type { PreparedProjection } from "./prepared-projection.ts";

/**
 * What an adapter rejects with when the stored JSON of a projection cannot be read. It names the projection, so that it
 * can be deleted and rebuilt.
 *
 * @param cause what parsing it threw.
 */
export function damagedProjectionError(
  { name, projectorVersion, id }: Pick<PreparedProjection, "name" | "projectorVersion" | "id">,
  cause: unknown,
): NotADatabaseError {
  return new NotADatabaseError(
    `The projection ${JSON.stringify(name)} of version ${projectorVersion} with the id ${JSON.stringify(id)} is damaged: ` +
      "its state, metadata or source is not JSON. Delete it and build it again.",
    { cause },
  );
}
