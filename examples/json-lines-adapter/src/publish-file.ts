import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import {
  isEventfoldError,
  NotADatabaseError,
  parseJson,
  StorageFailedError,
  StorageUnavailableError,
} from "@eventfold/store/adapter";

const HEADER = '{"format":"publishes","version":1}\n';

/** A file of publishes, one per line. A publish is in it as a whole and on the disk, or not at all. */
export class PublishFile {
  readonly #file: FileHandle;
  #size = 0;
  #failure: Error | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens or makes the file and hands over its publishes. What a crash left of the last one is cut off. */
  static async open(path: string, found: (publish: unknown) => Promise<void>): Promise<PublishFile> {
    const file = new PublishFile(await open(path, "a+").catch(rethrow));
    await file.#recover(path, found).catch((error) => file.close().then(() => rethrow(error)));
    return file;
  }

  /** Adds a publish. After a failure the file refuses all others, until it is opened again. */
  async append(publish: unknown): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#write(`${JSON.stringify(publish)}\n`);
    } catch (cause) {
      this.#failure = new StorageFailedError("A write failed, and stored nothing. Open the file again.", { cause });
      await this.#cut(this.#size).catch(() => {
        throw new StorageUnavailableError("A write failed. Whether it stored anything is not known.", { cause });
      });
      throw this.#failure;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #recover(path: string, found: (publish: unknown) => Promise<void>): Promise<void> {
    const data = await this.#file.readFile();
    if (data.length < HEADER.length && HEADER.startsWith(data.toString())) return this.#create(path);
    if (data.toString("latin1", 0, HEADER.length) !== HEADER) throw new NotADatabaseError(`Not one of ours: ${path}`);
    this.#size = HEADER.length;
    for (let start = this.#size, end = 0; end >= 0; start = end + 1) {
      end = data.indexOf("\n", start);
      const publish = end < 0 ? undefined : parseLine(data.toString("utf8", start, end));
      if (publish === undefined) continue; // a torn publish, unless others follow
      if (start !== this.#size) throw new NotADatabaseError(`Damaged at byte ${this.#size}: ${path}`);
      await found(publish);
      this.#size = end + 1;
    }
    await this.#cut(this.#size);
  }

  async #create(path: string): Promise<void> {
    await this.#file.truncate();
    await this.#write(HEADER);
    if (process.platform === "win32") return; // which has no such call
    const folder = await open(dirname(path)); // until the folder is written too, a crash may take the new file away
    await folder.sync().finally(() => folder.close());
  }

  async #write(text: string): Promise<void> {
    await this.#file.appendFile(text);
    await this.#file.datasync();
    this.#size += Buffer.byteLength(text);
  }

  async #cut(size: number): Promise<void> {
    await this.#file.truncate(size);
    await this.#file.datasync();
    this.#size = size;
  }
}

function parseLine(line: string): unknown {
  try {
    return parseJson(line); // as JSON.parse, which mixes up names of members in Node 24
  } catch {
    return undefined;
  }
}

function rethrow(cause: unknown): never {
  throw isEventfoldError(cause) ? cause : new StorageFailedError("The file could not be opened.", { cause });
}
