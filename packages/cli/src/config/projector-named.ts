import type { AnyProjector } from "@eventfold/operations";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/**
 * The projector of a config with this name; of several versions the newest.
 *
 * @throws `Failure` when there is none, with the names that there are.
 */
export function projectorNamed(projectors: readonly AnyProjector[], name: string): AnyProjector {
  const [newest] = projectors.filter((each) => each.name === name).sort((a, b) => b.version - a.version);
  if (newest !== undefined) return newest;
  const names = [...new Set(projectors.map((each) => each.name))].map((each) => JSON.stringify(each));
  const known =
    names.length === 0
      ? "No projectors are known: give a config that names them, with --config."
      : `The config has ${names.join(", ")}.`;
  throw new Failure(`There is no projector ${JSON.stringify(name)}. ${known}`, { exitCode: EXIT_CODES.notFound });
}
