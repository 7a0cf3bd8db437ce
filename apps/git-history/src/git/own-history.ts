import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@eventfold/databases";
import { openBundledHistory } from "./bundled-history.ts";
import { historyOf, type OpenedHistory } from "./opened-history.ts";
import { openRepository, type Repository } from "./repository.ts";

/** Where this program lies: the root of the project. */
const PROJECT_ROOT = join(import.meta.dirname, "../../../..");

/**
 * The history of this project: of the checkout that this program lies in; or of the bundled sample, where it is not a
 * checkout of its own (unpacked from an archive, say, perhaps within another repository), has no commit yet, or git may
 * not read it. Dispose of it when done.
 *
 * @throws {@link Failure} when git is not installed.
 */
export async function openOwnHistory(root = PROJECT_ROOT): Promise<OpenedHistory> {
  if (!existsSync(join(root, ".git"))) return openBundledHistory();
  const checkout = await openCheckout(root);
  if (!(checkout instanceof Failure) && checkout.head !== undefined) {
    return historyOf({ ...checkout, name: "eventfold (this checkout)" });
  }
  const sample = await openBundledHistory();
  const reason = checkout instanceof Failure ? checkout.message : "It has no commit.";
  return { ...sample, note: `The bundled sample is read, because this checkout cannot be. ${reason}` };
}

async function openCheckout(root: string): Promise<Repository | Failure> {
  try {
    return await openRepository(root);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
