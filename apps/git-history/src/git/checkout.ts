import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BundledHistory, openBundledHistory } from "./bundled-history.ts";
import { openRepository } from "./repository.ts";

/** Where this program lies: the root of the project. */
const PROJECT_ROOT = join(import.meta.dirname, "../../../..");

/**
 * The history of this project: of the checkout that this program lies in; of the bundled sample where it is no checkout of
 * its own (unpacked from an archive, say, perhaps into another repository). Dispose of it when done.
 *
 * @throws `Failure` when git is not installed or cannot read it.
 */
export async function openOwnHistory(root = PROJECT_ROOT): Promise<BundledHistory> {
  if (!existsSync(join(root, ".git"))) return openBundledHistory();
  const repository = await openRepository(root);
  return { repository: { ...repository, name: "this checkout" }, dispose: async () => undefined };
}
