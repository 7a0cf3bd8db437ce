import { closeSync, existsSync, fstatSync, openSync, rmSync, statSync } from "node:fs";

/** A file that was made for a database, empty as yet. */
export interface NewFile {
  /** Removes it, unless something else has taken its place, or another connection to it is open. Call it once the database is closed. */
  readonly remove: () => void;
}

/** Makes the file of a database; `undefined` where there is one already, or none can be made: opening it says why. */
export function makeFile(path: string): NewFile | undefined {
  let made: number;
  try {
    const file = openSync(path, "wx", 0o644); // as SQLite makes it; of several who try at once, one has made it
    made = fstatSync(file).ino;
    closeSync(file);
  } catch {
    return undefined;
  }
  return {
    remove() {
      const isMine = statSync(path, { throwIfNoEntry: false })?.ino === made;
      // the last connection that is closed takes the write-ahead log with it
      if (isMine && !existsSync(`${path}-wal`)) rmSync(path);
    },
  };
}
