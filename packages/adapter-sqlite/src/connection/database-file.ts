import { type BigIntStats, realpathSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { StorageReplacedError } from "@eventfold/types";
import { OpenedFolder } from "./opened-folder.ts";

/** A file as it was when the database was opened. */
interface OpenedFile {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * The files of a database that is open, and whether their paths still lead to them. SQLite goes on with files that were
 * deleted or replaced meanwhile, and what it writes there is lost. Without the log, or the log's index that processes
 * share, other processes see less than was stored, or write over it. The inode of an open file is not given to another
 * file.
 *
 * Checking one path costs 3 to 5 µs of processor time. A read checks one. So does a commit, whatever it gathers, while
 * nothing has changed in the folder; otherwise it checks four.
 *
 * @see https://www.sqlite.org/howtocorrupt.html#unlinking_or_renaming_a_database_file_while_in_use
 */
export class DatabaseFile {
  readonly #main: OpenedFile | undefined;
  readonly #all: readonly OpenedFile[];
  readonly #folder: OpenedFolder | undefined;

  /** The database in memory, which cannot be replaced. */
  static readonly inMemory = new DatabaseFile([], undefined);

  /** The files of a database that has just been opened, and read from, by the absolute path that it was opened by. */
  static at(path: string): DatabaseFile {
    const real = realpathSync(path); // SQLite keeps the other two files next to it
    // A link in a folder of its own can be replaced without a change of the folder that it leads to.
    const isLink = realpathSync(dirname(path)) !== dirname(real) || basename(path) !== basename(real);
    const files = [identify(path), identify(`${real}-wal`), identify(`${real}-shm`)];
    return new DatabaseFile(files, isLink ? undefined : new OpenedFolder(dirname(path)));
  }

  private constructor(files: readonly OpenedFile[], folder: OpenedFolder | undefined) {
    this.#main = files[0];
    this.#all = files;
    this.#folder = folder;
  }

  /** Whether the path of the database leads to another file, or to none. */
  get isReplaced(): boolean {
    try {
      this.throwIfReplaced();
      return false;
    } catch {
      return true;
    }
  }

  /**
   * Call it before trusting what was read.
   *
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when the path leads to another file, or to none.
   */
  throwIfReplaced(): void {
    if (this.#main !== undefined) throwIfChanged(this.#main);
  }

  /**
   * Call it before a commit, with the write lock held.
   *
   * @throws `StorageReplacedError` (`STORAGE_REPLACED`) when the database, its log, or the log's index was replaced.
   */
  throwIfAnyReplaced(): void {
    const checkAll = () => {
      for (const file of this.#all) throwIfChanged(file);
    };
    if (this.#folder === undefined) checkAll();
    else this.#folder.checkUnlessUnchanged(checkAll);
  }
}

function identify(path: string): OpenedFile {
  const { dev, ino } = statSync(path, { bigint: true });
  return { path, device: dev, inode: ino };
}

function throwIfChanged({ path, device, inode }: OpenedFile): void {
  const found = lookUp(path);
  if (found === undefined || found.dev !== device || found.ino !== inode) throw new StorageReplacedError(path);
}

function lookUp(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    throw new StorageReplacedError(path, { cause }); // such as a folder that is a file now
  }
}
