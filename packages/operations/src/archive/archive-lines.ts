import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable, Transform } from "node:stream";
import { decompressor } from "./compression.ts";
import { ArchiveDamagedError, ArchiveIncompleteError } from "./errors/archive-errors.ts";

/** The longest line, in bytes: V8 has no longer strings, and a damaged file should not fill the memory. */
const LONGEST_LINE_BYTES = 500_000_000;

const LINE_BREAK = 0x0a;

/**
 * The lines of an archive, decompressed, in groups, each with its line break; what follows the last line break comes last, as a line
 * without one.
 *
 * @throws `ArchiveIncompleteError` when a compressed file ends too soon; `ArchiveDamagedError` when it cannot be decompressed;
 * `CompressionUnavailableError`; Node's own error when the file cannot be read; the signal's reason when it is aborted.
 */
export async function* archiveLines(file: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const bytes = await decompressedBytes(file);
  let beginning: Buffer[] = [];
  let length = 0;
  let isEmpty = true;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      isEmpty = false;
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
  else if (isEmpty && bytes instanceof Transform) throw new ArchiveIncompleteError({ file });
}

async function decompressedBytes(file: string): Promise<Readable> {
  const decompressed = decompressor(file, await firstBytes(file));
  const bytes = createReadStream(file, { highWaterMark: 262_144 });
  if (decompressed === undefined) return bytes;
  return pipeline(bytes, decompressed, () => {}); // whoever reads from it is told of failures
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
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
