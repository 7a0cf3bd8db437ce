import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PackedPackage } from "./packed-package.ts";

/** The file in the folder of the packed packages that says what came of the packing. */
export const PACKED_FILE = "packed.json";

/** What {@link PACKED_FILE} holds. */
export interface PackingOutcome {
  readonly packed?: readonly PackedPackage[];
  /** Why there are none. */
  readonly failure?: string;
}

/**
 * The published packages, as they are packed into a folder: waits until they are there.
 *
 * @throws `Error` when they could not be built or packed.
 */
export async function packedPackagesIn(directory: string): Promise<readonly PackedPackage[]> {
  for (;;) {
    const text = await readFile(join(directory, PACKED_FILE), "utf8").catch(() => undefined);
    if (text === undefined) {
      await sleep(100);
      continue;
    }
    const { packed, failure } = JSON.parse(text) as PackingOutcome;
    if (packed === undefined) throw new Error(failure);
    return packed;
  }
}
