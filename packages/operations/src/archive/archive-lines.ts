import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { decompressor } from "./compression.ts";
import { ArchiveDamagedError, ArchiveIncompleteError } from "./errors/archive-errors.ts";

/** The longest line, in bytes: V8 has no longer strings, and a damaged file should not fill the memory. */
const LONGEST_LINE_BYTES = 500_000_000;

const LINE_BREAK = 0x0a;

/**
 * The lines of an archive, decompressed, in groups, each with its line break; what follows the last line break comes last, as a line
 * without one.
 *
 * @throws `ArchiveIncompleteError` when a compressed file ends too soon; `ArchiveDamagedError` when it cannot be decompressed to its end;
 * `CompressionUnavailableError`; Node's own error when the file cannot be read; the signal's reason when it is aborted.
 */
export async function* archiveLines(file: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  let beginning: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of decompressedBytes(file)) {
      signal?.throwIfAborted();
      const end = chunk.lastIndexOf(LINE_BREAK) + 1;
      if (end > 0) {
        yield Buffer.concat([...beginning, chunk.subarray(0, end)]);
        beginning = [];
        length = 0;
      }
      beginning.push(chunk.subarray(end));
      length += chunk.length - end;
      if (length > LONGEST_LINE_BYTES) throw new ArchiveDamagedError({ file, reason: "it has an endless line" });
    }
  } catch (error) {
    throw readFault(file, error);
  }
  if (length > 0) yield Buffer.concat(beginning);
}

/**
 * What is in a file, decompressed. It may have been compressed in parts, which follow one another: Node ends with the first one of
 * Zstandard without a word, though it writes an empty second one itself, now and then.
 */
async function* decompressedBytes(file: string): AsyncGenerator<Buffer, void, undefined> {
  const { size } = await stat(file);
  let isEmpty = true;
  let start = 0;
  do {
    const decompressing = decompressor(file, await bytesAt(file, start));
    if (decompressing === undefined && start > 0) {
      throw new ArchiveDamagedError({ file, reason: "something follows what was compressed" });
    }
    const stored = createReadStream(file, { start, highWaterMark: 262_144 });
    if (decompressing === undefined) return yield* stored as AsyncIterable<Buffer>;
    // Whoever reads from it is told of failures.
    for await (const chunk of pipeline(stored, decompressing, () => {}) as AsyncIterable<Buffer>) {
      isEmpty = false;
      yield chunk;
    }
    if (decompressing.bytesWritten === 0) break;
    start += decompressing.bytesWritten;
  } while (start < size);
  if (isEmpty) throw new ArchiveIncompleteError({ file });
}

async function bytesAt(file: string, start: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What zlib and Zstandard report of the bytes is a fault of the archive; everything else is one of reading it. */
function readFault(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "Z_BUF_ERROR") return new ArchiveIncompleteError({ file, cause });
  if (code.startsWith("Z_") || code.startsWith("ZSTD_")) {
    return new ArchiveDamagedError({ file, reason: "it cannot be decompressed", cause });
  }
  return cause;
}
