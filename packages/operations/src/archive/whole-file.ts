import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, link, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StorageFullError } from "@eventfold/types";
import { compressor } from "./compression.ts";
import { ArchiveExistsError } from "./errors/archive-errors.ts";

/** @throws `ArchiveExistsError` (`ARCHIVE_EXISTS`) when there is a file of that name. */
export async function refuseExisting(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new ArchiveExistsError({ file });
}

/**
 * The names of the unfinished files beside an archive: of exports to the same name that are under way, and of those whose process was
 * killed. Which is which cannot be seen.
 *
 * @throws Node's own error when the directory cannot be read.
 *
 * @example
 * ```ts
 * await partialFilesOf("app.ndjson.gz"); // ["app.ndjson.gz.1f3a90c2.partial"]
 * ```
 */
export async function partialFilesOf(archive: string): Promise<readonly string[]> {
  const start = `${basename(archive)}.`;
  const names = await readdir(dirname(archive));
  return names.filter((name) => name.startsWith(start) && /^[0-9a-f]{8}\.partial$/.test(name.slice(start.length)));
}

/**
 * Writes a file, compressed as its name says, that has its name only when it is whole and on the disk. Until then it has one of its
 * own, so that several who write the same file at once do not write into each other's: one of them gets the name.
 *
 * @throws `ArchiveExistsError` (`ARCHIVE_EXISTS`) when another one has got the name.
 * @throws `StorageFullError` (`STORAGE_FULL`) when the disk is full; `CompressionUnavailableError` (`COMPRESSION_UNAVAILABLE`);
 * the signal's reason when it is aborted; Node's own error when the file cannot be written otherwise.
 */
export async function writeWholeFile(
  file: string,
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  try {
    const compressed = compressor(file);
    const streams = [Readable.from(bytes, { objectMode: false }), ...(compressed === undefined ? [] : [compressed])];
    const written = createWriteStream(partial, { flags: "wx", flush: true });
    await pipeline([...streams, written], signal === undefined ? {} : { signal });
    signal?.throwIfAborted();
    await giveName(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    signal?.throwIfAborted();
    throw writeFault(file, error);
  }
}

/** Renames a file, but never in place of another one. */
async function giveName(partial: string, file: string): Promise<void> {
  const isLinked = await link(partial, file).then(
    () => true,
    (error) => {
      if (codeOf(error) === "EEXIST") throw new ArchiveExistsError({ file });
      return false; // not every file system has links
    },
  );
  if (isLinked) await rm(partial);
  else {
    await refuseExisting(file);
    await rename(partial, file);
  }
  await syncNames(dirname(file)).catch(() => {}); // not every system can do it
}

/** Makes sure that the names of files in a directory are on the disk. */
async function syncNames(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function writeFault(file: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code !== "ENOSPC" && code !== "EDQUOT") return cause;
  return new StorageFullError(
    `The disk is full: ${JSON.stringify(file)} could not be written, and what was written of it was removed. Make room, and export again.`,
    { cause },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
