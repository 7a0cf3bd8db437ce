import { type BigIntStats, statSync } from "node:fs";

/** File systems count times in steps of at most two seconds; the third second is a margin. */
const SETTLED_AFTER_MS = 3_000n;
const NS_PER_MS = 1_000_000n;

/**
 * The folder of files that are open. Its time of modification changes whenever a file in it is created, deleted or
 * renamed, so one check of it covers all of them.
 */
export class OpenedFolder {
  readonly #path: string;
  /** The folder as it was when its files were last found in order. */
  #checked: BigIntStats | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Checks the files, unless nothing in the folder was created, deleted or renamed since a check that did not throw. */
  checkUnlessUnchanged(check: () => void): void {
    const found = lookUp(this.#path);
    if (found !== undefined && isSame(found, this.#checked)) return;
    check();
    this.#checked = found !== undefined && isSettled(found) ? found : undefined;
  }
}

function lookUp(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // The check of the files says what is wrong.
  }
}

function isSame({ dev, ino, mtimeNs }: BigIntStats, checked: BigIntStats | undefined): boolean {
  return checked !== undefined && mtimeNs === checked.mtimeNs && ino === checked.ino && dev === checked.dev;
}

/** Two changes within one step of the clock leave the same time, so only a time that has passed is reliable. */
function isSettled({ mtimeNs }: BigIntStats): boolean {
  return BigInt(Date.now()) - mtimeNs / NS_PER_MS > SETTLED_AFTER_MS;
}
