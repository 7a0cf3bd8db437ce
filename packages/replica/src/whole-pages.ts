import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { NotADatabaseError } from "@eventfold/store/adapter";

/**
 * SQLite takes a last page that is incomplete for one that ends in zeros, and whatever was there is gone without an error. While there
 * is a write-ahead log, the file is not what counts: SQLite writes the page again.
 *
 * @throws `NotADatabaseError` (`NOT_A_DATABASE`) for a file that ends within a page.
 * @see https://www.sqlite.org/fileformat2.html#page_size
 */
export function refuseCutPage(filename: string): void {
  if (!existsSync(filename) || (existsSync(`${filename}-wal`) && statSync(`${filename}-wal`).size > 0)) return;
  const { size } = statSync(filename);
  if (size === 0 || size % pageSizeOf(filename) === 0) return;
  throw new NotADatabaseError(
    `The file ${JSON.stringify(filename)} was cut short: it ends within a page. Delete it, and a new replica copies the whole log.`,
  );
}

function pageSizeOf(filename: string): number {
  const file = openSync(filename, "r");
  try {
    const header = Buffer.alloc(18);
    readSync(file, header, 0, header.length, 0);
    const size = header.readUInt16BE(16);
    return size === 1 ? 65_536 : Math.max(size, 1); // what is no database, SQLite refuses itself
  } finally {
    closeSync(file);
  }
}
